"""Records small tokenizers of Hugging Face's tokenizers with the tokens that they make of some texts.

usage: python tests/parity/record_tokenizers.py
"""

import json
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = Path("packages/data/src/text/fixtures/tokenizers.json")
CORPUS = ["Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse."] * 9
TEXTS = ["Call me Ishmael, naïve 🙂!", "", "  two  spaces\nand a line ", "unfathomable", "never mind<end>"]


def byte_pairs():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=300, special_tokens=["<end>"], initial_alphabet=alphabet))
    return made


def word_pieces():
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=120, special_tokens=["[UNK]", "[CLS]", "[SEP]"]))
    ends = [(token, made.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return made


recorded = []
for name, made in (("byte pairs", byte_pairs()), ("word pieces", word_pieces())):
    texts = []
    for text in TEXTS:
        ids = made.encode(text).ids
        plain = made.encode(text, add_special_tokens=False).ids
        texts.append({"text": text, "ids": ids, "plainIds": plain, "decoded": made.decode(ids)})
    recorded.append({"name": name, "json": json.loads(made.to_str()), "texts": texts, "vocabularySize": made.get_vocab_size()})
text = "Zürich, 🙂 and \uffff: to be or not to be"
vocabulary = sorted(set(text))
characters = {"text": text, "vocabulary": vocabulary, "ids": [vocabulary.index(character) for character in text]}
OUT.parent.mkdir(exist_ok=True)
content = {"version": tokenizers.__version__, "tokenizers": recorded, "characters": characters}
OUT.write_text(json.dumps(content, separators=(",", ":")) + "\n")
