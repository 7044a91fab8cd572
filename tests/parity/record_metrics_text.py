"""Writes packages/metrics/src/text/fixtures/{recorded,stems}.json.

Usage: python tests/parity/record_metrics_text.py
Needs nltk and regex beside torchmetrics.
"""

import json
import re

import torch
import torchmetrics.functional.text.rouge as rouge
from nltk.stem.porter import PorterStemmer

from metric_recorder import SRC, Cases

torch.manual_seed(43)
cases = Cases("text")

PREDS = ["the cat is on the mat", "hello there general kenobi", "", "a b c d e f"]
TARGETS = ["there is a cat on the mat", "hello there general", "nothing", "f e d c b a"]
ODD = ["naïve café — don't  stop", "x = 3.14, y=-2; 50% off!", "\u4f60\u597d\uff0c\u4e16\u754c world", "\U0001f600 smile\tnow"]
ODD_TARGETS = ["naive cafe, don't stop", "x = 3.14 and y = -2: 50 % off", "\u4f60\u597d \u4e16\u754c", "\U0001f600\U0001f601 smile now"]
BATCHES = [(PREDS, TARGETS), (ODD, ODD_TARGETS)]

for name, form in [
    ("WordErrorRate", "word_error_rate"),
    ("CharErrorRate", "char_error_rate"),
    ("MatchErrorRate", "match_error_rate"),
    ("WordInfoLost", "word_information_lost"),
    ("WordInfoPreserved", "word_information_preserved"),
]:
    cases.add(name, {}, *BATCHES, functional=form)
    cases.add(name, {}, (["the same"], ["the same"]), functional=form, note="equal")
    cases.add(name, {}, ("one sentence", "one other sentence"), functional=form, note="a sentence, not a list", whole=False)
    cases.add(name, {}, ([""], [""]), functional=form, note="empty")
    cases.add(name, {}, (["a b"], [""]), functional=form, note="an empty target")
for reduction in ["mean", "sum", "none"]:
    for cost in [0, 1, 2]:
        cases.add("EditDistance", {"reduction": reduction, "substitution_cost": cost}, *BATCHES, functional="edit_distance")
cases.add("EditDistance", {}, ("rain", "shine"), functional="edit_distance", note="a sentence, not a list", whole=False)
cases.add("EditDistance", {}, (["a"], ["a", "b"]), note="fewer predictions")
cases.add("EditDistance", {}, ([1], ["a"]), note="not a string")
cases.add("EditDistance", {"substitution_cost": -1}, (["a"], ["a"]), note="a negative cost")
cases.add("EditDistance", {"reduction": "max"}, (["a"], ["a"]), note="an unknown reduction")

REFERENCED = [
    (["the cat is on the mat", "it is a guide to action"], [["there is a cat on the mat", "a cat is on the mat"], ["it is a guide to action that ensures", "it is the guiding principle", "it is a practical guide"]]),
    (["he read the book because he was interested in world history", "a guide"], [["he was interested in world history because he read the book"], ["the guide", "a guide to the mat"]]),
]
for options in [{}, {"smooth": True}, {"n_gram": 2}, {"n_gram": 2, "weights": [0.7, 0.3]}, {"n_gram": 1}]:
    cases.add("BLEUScore", options, *REFERENCED, functional="bleu_score")
cases.add("BLEUScore", {}, (["the cat"], [["the cat is on the mat"]]), functional="bleu_score", note="no long sequences")
cases.add("BLEUScore", {"n_gram": 1}, (["the the the"], [["the cat"]]), functional="bleu_score", note="a word too often")
cases.add("BLEUScore", {"n_gram": 1}, ([""], [["the cat"]]), functional="bleu_score", note="an empty prediction")
cases.add("BLEUScore", {"n_gram": 2}, (["a b c d"], [["a b c", "a b c d e"]]), functional="bleu_score", note="two references as near")
cases.add("BLEUScore", {"n_gram": 2, "weights": [1.0]}, *REFERENCED, note="too few weights")

SACRE = [
    (ODD + ["It's &quot;quoted&quot; &amp; a 1,000.5-fold <skipped>win-\nning.", "A$ & B\u20ac \u2192 \u00bd"], [[t, p] for t, p in zip(ODD_TARGETS, ODD)] + [['It\'s "quoted" & a 1,000.5-fold winning .'], ["A $ & B \u20ac \u2192 \u00bd"]]),
    (["The Cat is on the mat.", "\u6211\u662f\u4e2d\u56fd\u4eba3.5\u5c81\uff0cABC"], [["the cat is on the mat.", "There is a cat on the mat."], ["\u6211\u662f\u4e2d\u56fd\u4eba 3.5 \u5c81, abc"]]),
]
for tokenize in ["none", "13a", "zh", "intl", "char"]:
    for options in [{}, {"lowercase": True}, {"smooth": True, "n_gram": 3}]:
        cases.add("SacreBLEUScore", {"tokenize": tokenize, **options}, *SACRE, functional="sacre_bleu_score")
cases.add("SacreBLEUScore", {"tokenize": "14b"}, *SACRE, note="an unknown tokenizer")

for options in [{}, {"n_word_order": 0}, {"n_char_order": 3, "beta": 1.0}, {"lowercase": True, "whitespace": True}, {"return_sentence_level_score": True}]:
    cases.add("CHRFScore", options, *REFERENCED, *SACRE, functional="chrf_score")
cases.add("CHRFScore", {"return_sentence_level_score": True}, (["abc", ""], [["xyz"], ["a b"]]), functional="chrf_score", note="nothing in common")
cases.add("CHRFScore", {}, ("the cat sat", ["the cat", "a cat sat"]), functional="chrf_score", note="all references of one prediction", whole=False)
cases.add("CHRFScore", {"n_char_order": 0}, *REFERENCED, note="no characters")
cases.add("CHRFScore", {"beta": -1.0}, *REFERENCED, note="a negative beta")

# Punkt's model of sentences is no part of nltk; these texts have sentences that every splitter agrees on.
rouge._split_sentence = lambda text: re.split(r"(?<=[.!?])\s+", text)
TEXTS = [
    (["The cat sat on the mat. It was happy! Then dogs came running.", "Days are always short."], [["A cat sat on a mat. It seemed happy. Dogs then ran.", "The happy cat. It sat."], ["The day is always shorter. Shortly."]]),
    (["Generalizations of relational operators."], [["The general relation of an operation.", "Generalized operators relate."]]),
]
for accumulate in ["best", "avg"]:
    for stem in [False, True]:
        cases.add("ROUGEScore", {"accumulate": accumulate, "use_stemmer": stem}, *TEXTS, functional="rouge_score")
keys = {"rouge_keys": ("rouge3", "rouge9", "rougeL")}
cases.add("ROUGEScore", keys, *TEXTS, functional="rouge_score")
cases.add("ROUGEScore", {}, ("My name is John", "Is your name John"), functional="rouge_score", note="a sentence, not a list", whole=False)
cases.add("ROUGEScore", {}, (["", "!!"], [["a b"], ["c"]]), functional="rouge_score", note="without words")
cases.add("ROUGEScore", {"rouge_keys": ("rouge10",)}, *TEXTS, note="an unknown key")
cases.add("ROUGEScore", {"accumulate": "max"}, *TEXTS, note="an unknown accumulate")

def tokens(*shape):
    return (torch.randn(*shape), torch.randint(shape[-1], shape[:-1]))

cases.add("Perplexity", {}, tokens(2, 4, 7), tokens(3, 4, 7), functional="perplexity")
ignored = [tokens(2, 4, 7), tokens(3, 4, 7)]
for _, target in ignored:
    target[0, :2] = -100
cases.add("Perplexity", {"ignore_index": -100}, *ignored, functional="perplexity")
cases.add("Perplexity", {"ignore_index": 2}, tokens(2, 4, 7), tokens(3, 4, 7), functional="perplexity")
cases.add("Perplexity", {"ignore_index": -1}, (torch.randn(1, 2, 3), torch.full((1, 2), -1)), functional="perplexity", note="nothing counts")
cases.add("Perplexity", {}, (torch.randn(2, 3), torch.zeros(2, dtype=torch.long)), note="two dimensions")
cases.add("Perplexity", {}, (torch.randn(2, 3, 4), torch.zeros(2, 4, dtype=torch.long)), note="mixed shapes")
cases.add("Perplexity", {}, (torch.randn(2, 3, 4), torch.zeros(2, 3)), note="targets that are no integers")
cases.save()

WORDS = """caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed
failing filing happy sky relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli vietnamization
predication operator feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative formalize electriciti
electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption
homologou communism activate angulariti homologous effective bowdlerize probate rate cease controll roll days always array annoying boys destroyed
died dies skies dying news innings proceed exceed succeed carefully awfully additionally conditionally analogies geology archaeologi apology aged
ages axes crying spying enjoying played yes yellow syzygy beautifully nationally especially logically biology logi""".split()
stemmer = PorterStemmer()
out = SRC / "text/fixtures/stems.json"
out.write_text(json.dumps({"cases": [], "stems": {word: stemmer.stem(word) for word in WORDS}}, separators=(",", ":")) + "\n")
