"""Writes packages/metrics/src/classification/fixtures/fronts.json: the options of metrics that are chosen by their task.

Usage: python tests/parity/record_metrics_fronts.py
"""

from classification_inputs import EMPTY, INPUTS
from metric_recorder import Cases

cases = Cases("classification", "fronts")
SIZES = {"binary": {}, "multiclass": {"num_classes": 4}, "multilabel": {"num_labels": 3}}
FUNCTIONS = {
    "StatScores": "stat_scores", "F1Score": "f1_score", "FBetaScore": "fbeta_score", "NegativePredictiveValue": "negative_predictive_value",
    "HammingDistance": "hamming_distance", "ConfusionMatrix": "confusion_matrix", "JaccardIndex": "jaccard_index", "CohenKappa": "cohen_kappa",
    "MatthewsCorrCoef": "matthews_corrcoef", "ExactMatch": "exact_match", "HingeLoss": "hinge_loss", "CalibrationError": "calibration_error",
    "PrecisionRecallCurve": "precision_recall_curve", "AveragePrecision": "average_precision",
    "RecallAtFixedPrecision": "recall_at_fixed_precision", "PrecisionAtFixedRecall": "precision_at_fixed_recall",
}
NEEDED = {"FBetaScore": {"beta": 0.5}, "RecallAtFixedPrecision": {"min_precision": 0.5}, "PrecisionAtFixedRecall": {"min_recall": 0.5}}


def add(name, task, options, kind="random"):
    """`kind`: which inputs; their own options are given too, where the metric has them."""
    updates, own = next((updates, own) for note, updates, own in INPUTS[task] if note == kind)
    own = {key: value for key, value in own.items() if key in ("ignore_index", "multidim_average", "top_k")}
    cases.add(name, {"task": task, **SIZES[task], **NEEDED.get(name, {}), **own, **options}, *updates, functional=FUNCTIONS.get(name, name.lower()), note=f"front, {kind}")


for name in ["StatScores", "Accuracy", "Precision", "Recall", "F1Score", "FBetaScore", "Specificity", "NegativePredictiveValue", "HammingDistance"]:
    add(name, "binary", {"threshold": 0.25})
    add(name, "multilabel", {"threshold": 0.25, "average": "weighted"})
    for task in SIZES:
        add(name, task, {}, "ignored")
        add(name, task, {}, "samplewise")
    for average in ("macro", "weighted", "none"):
        add(name, "multiclass", {"average": average})
    add(name, "multiclass", {"average": "macro"}, "top 2")
for name in ["Precision", "Recall", "F1Score", "FBetaScore", "NegativePredictiveValue"]:
    for task, size in SIZES.items():
        options = {"task": task, **size, **NEEDED.get(name, {}), "zero_division": 1, **({} if task == "binary" else {"average": "macro"})}
        try:
            cases.add(name, options, *EMPTY[task], functional=FUNCTIONS.get(name, name.lower()), note="front, nothing to score")
        except TypeError as refused:
            print(name, task, refused)
for task in SIZES:
    add("ConfusionMatrix", task, {"normalize": "true"})
    add("ConfusionMatrix", task, {}, "ignored")
    add("MatthewsCorrCoef", task, {}, "ignored")
    add("JaccardIndex", task, {} if task == "binary" else {"average": "weighted"}, "ignored")
    for name in ["AUROC", "AveragePrecision", "ROC", "PrecisionRecallCurve", "RecallAtFixedPrecision", "PrecisionAtFixedRecall"]:
        add(name, task, {"thresholds": [0.0, 0.25, 0.6, 1.0]})
        add(name, task, {}, "ignored")
    if task != "binary":
        add("ExactMatch", task, {"multidim_average": "global"}, "ignored")
        add("ExactMatch", task, {}, "samplewise")
        for name in ["AUROC", "AveragePrecision"]:
            add(name, task, {"average": "weighted"})
    if task != "multilabel":
        add("CohenKappa", task, {"weights": "linear"}, "ignored")
        add("HingeLoss", task, {"squared": True}, "ignored")
        add("CalibrationError", task, {"n_bins": 5, "norm": "l2"}, "ignored")
for name in ["ConfusionMatrix", "MatthewsCorrCoef", "JaccardIndex", "CohenKappa"]:
    add(name, "binary", {"threshold": 0.25})
add("ExactMatch", "multilabel", {"threshold": 0.25})
add("HingeLoss", "multiclass", {"multiclass_mode": "one-vs-all"})
add("AUROC", "binary", {"max_fpr": 0.5})
cases.save()
