"""Writes packages/metrics/src/classification/fixtures/curves.json: curves over thresholds, and what is made of them.

Usage: python tests/parity/record_metrics_curves.py
"""

import torch

from classification_inputs import INPUTS, nan, wrong
from metric_recorder import Cases

cases = Cases("classification", "curves")
SIZES = {"binary": {}, "multiclass": {"num_classes": 4}, "multilabel": {"num_labels": 3}}
FUNCTIONS = {"PrecisionRecallCurve": "precision_recall_curve", "ROC": "roc", "AUROC": "auroc", "AveragePrecision": "average_precision", "RecallAtFixedPrecision": "recall_at_fixed_precision", "PrecisionAtFixedRecall": "precision_at_fixed_recall"}
OPTIONS = {"RecallAtFixedPrecision": {"min_precision": 0.5}, "PrecisionAtFixedRecall": {"min_recall": 0.5}}
AVERAGES = {
    "PrecisionRecallCurve": {"multiclass": ["micro", "macro"]},
    "ROC": {"multiclass": ["micro", "macro"]},
    "AUROC": {"multiclass": ["macro", "weighted", "none"], "multilabel": ["micro", "macro", "weighted", "none"]},
    "AveragePrecision": {"multiclass": ["macro", "weighted", "none"], "multilabel": ["micro", "macro", "weighted", "none"]},
}
SKIP = {"binary": ("samplewise", "labels", "empty"), "multiclass": ("samplewise", "labels", "top 2", "empty"), "multilabel": ("samplewise", "labels")}
THRESHOLDS = {"random": [None, 5, [0.0, 0.25, 0.6, 1.0]], "ignored": [None, 5]}

for name, function in FUNCTIONS.items():
    for task, size in SIZES.items():
        for note, updates, options in INPUTS[task]:
            if note in SKIP[task]:
                continue
            options = {key: value for key, value in options.items() if key == "ignore_index"}
            variants = [{}] + [{"average": average} for average in AVERAGES.get(name, {}).get(task, [])]
            for variant in variants if note in ("random", "ignored") else variants[:1]:
                for thresholds in THRESHOLDS.get(note, [None, [0.0, 0.25, 0.6, 1.0]]):
                    if variant.get("average") == "micro" and task == "multiclass" and thresholds is not None:
                        continue  # torchmetrics 1.9 adds states of two shapes here.
                    given = {} if thresholds is None else {"thresholds": thresholds}
                    cases.add(f"{task.capitalize()}{name}", {**size, **OPTIONS.get(name, {}), **options, **variant, **given}, *updates, functional=f"{task}_{function}", note=note)
        cases.add(name, {"task": task, **size, **OPTIONS.get(name, {})}, *INPUTS[task][0][1], functional=function, note="front")
for least in (0.0, 0.9, 1.0):
    cases.add("BinaryRecallAtFixedPrecision", {"min_precision": least}, *INPUTS["binary"][3][1], functional="binary_recall_at_fixed_precision", note="tied")
    cases.add("BinaryPrecisionAtFixedRecall", {"min_recall": least}, *INPUTS["binary"][3][1], functional="binary_precision_at_fixed_recall", note="tied")
for max_fpr in (0.1, 0.5, 1.0):
    for thresholds in ({}, {"thresholds": 20}):
        cases.add("BinaryAUROC", {"max_fpr": max_fpr, **thresholds}, *INPUTS["binary"][0][1], functional="binary_auroc", note="partial")
for task, options, inputs, why in wrong():
    if "multidim_average" not in options and "predicted" not in why and "class 9" not in why:
        cases.add(f"{task.capitalize()}ROC", options, inputs, note=why)
        cases.add(f"{task.capitalize()}ROC", {**options, "thresholds": 4}, inputs, note=why)
cases.add("BinaryROC", {}, (torch.tensor([0, 1, 1]), torch.tensor([0, 1, 1])), note="predictions that are classes")
cases.add("BinaryROC", {}, (torch.rand(3), torch.rand(3)), note="targets that are scores")
for options in [{"thresholds": 1}, {"thresholds": [0.5, 1.5]}]:
    cases.add("BinaryROC", options, *INPUTS["binary"][0][1], note="option")
cases.add("MulticlassAUROC", {"num_classes": 4, "average": "micro"}, *INPUTS["multiclass"][0][1], note="option")
cases.save()
