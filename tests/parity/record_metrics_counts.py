"""Writes packages/metrics/src/classification/fixtures/counts.json: scores of right and wrong answers.

Usage: python tests/parity/record_metrics_counts.py
"""

from classification_inputs import EMPTY, INPUTS, wrong
from metric_recorder import Cases

COUNTED = ["StatScores", "Accuracy", "Precision", "Recall", "F1Score", "FBetaScore", "Specificity", "NegativePredictiveValue", "HammingDistance"]
FUNCTIONS = {"StatScores": "stat_scores", "F1Score": "f1_score", "FBetaScore": "fbeta_score", "NegativePredictiveValue": "negative_predictive_value", "HammingDistance": "hamming_distance"}
ZERO = ["Precision", "Recall", "F1Score", "FBetaScore", "NegativePredictiveValue"]

cases = Cases("classification", "counts")


def add(task, name, options, updates, note, **more):
    options = {**({"beta": 0.5} if name == "FBetaScore" else {}), **options}
    function = f"{task}_{FUNCTIONS.get(name, name.lower())}"
    cases.add(f"{task.capitalize()}{name}", options, *updates, functional=function, note=note, whole=True, each=True, **more)


for name in COUNTED:
    for note, updates, options in INPUTS["binary"]:
        add("binary", name, options, updates, note)
    for note, updates, options in INPUTS["multiclass"]:
        for average in ["micro", "macro", "weighted", "none"] if note in ("random", "ignored", "single class") else ["macro"]:
            add("multiclass", name, {"num_classes": 4, "average": average, **options}, updates, note)
    for note, updates, options in INPUTS["multilabel"]:
        for average in ["micro", "macro", "weighted", "none"] if note in ("random", "ignored") else ["macro"]:
            add("multilabel", name, {"num_labels": 3, "average": average, **options}, updates, note)
    for task, size in (("binary", {}), ("multiclass", {"num_classes": 4}), ("multilabel", {"num_labels": 3})):
        if name in ZERO:
            add(task, name, {**size, "zero_division": 1}, EMPTY[task], "nothing to score")
        _, updates, _ = INPUTS[task][0]
        beta = {"beta": 2.0} if name == "FBetaScore" else {}
        cases.add(name, {"task": task, **size, **beta}, *updates, functional=FUNCTIONS.get(name, name.lower()), note="front")

cases.add("MulticlassAccuracy", {"average": "micro"}, *[(p.argmax(1), t) for p, t in INPUTS["multiclass"][0][1]], note="without numClasses")
for task, size, inputs, why in wrong():
    cases.add(f"{task.capitalize()}Accuracy", size, inputs, note=why)
for options in [{"threshold": 1.5}, {"multidim_average": "all"}, {"ignore_index": 0.5}]:
    cases.add("BinaryAccuracy", options, *INPUTS["binary"][0][1], note="option")
for options in [{"num_classes": 1}, {"num_classes": 3, "average": "mean"}, {"num_classes": 3, "top_k": 4}]:
    cases.add("MulticlassAccuracy", options, *INPUTS["multiclass"][0][1], note="option")
cases.save()
