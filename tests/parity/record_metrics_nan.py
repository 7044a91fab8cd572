"""Writes packages/metrics/src/classification/fixtures/nan.json: scores among which are NaN and infinities.

Usage: python tests/parity/record_metrics_nan.py
"""

import torch

from metric_recorder import Cases

nan, inf = float("nan"), float("inf")
cases = Cases("classification", "nan")
NAMES = ["Accuracy", "Precision", "Recall", "F1Score", "Specificity", "NegativePredictiveValue", "HammingDistance", "StatScores", "ConfusionMatrix", "CohenKappa", "JaccardIndex", "MatthewsCorrCoef", "ExactMatch", "HingeLoss", "CalibrationError"]
CURVES = ["AUROC", "AveragePrecision", "ROC", "PrecisionRecallCurve"]
target = torch.tensor([1, 0, 1, 0, 1])
binary = {
    "NaN": torch.tensor([nan, 0.2, 0.9, 0.7, nan]),
    "NaN among logits": torch.tensor([nan, -2.0, 3.0, 0.5, -1.0]),
    "infinite logits": torch.tensor([inf, -inf, 3.0, 0.5, -1.0]),
}
classes = torch.tensor([1, 2, 0, 1])
multiclass = {
    "NaN": torch.tensor([[nan, 0.2, 0.7], [0.3, 0.3, 0.4], [0.6, nan, 0.4], [nan, nan, nan]]),
    "infinite logits": torch.tensor([[inf, 0.2, 0.7], [-inf, 0.3, 0.4], [0.6, -inf, inf], [2.0, 3.0, -1.0]]),
}
labels = torch.tensor([[1, 0], [0, 1], [1, 1]])
multilabel = {"NaN": torch.tensor([[nan, 0.2], [0.9, 0.7], [0.1, nan]]), "infinite logits": torch.tensor([[inf, 0.2], [-inf, 0.7], [0.1, 3.0]])}
for task, options, wanted, kinds, without in [
    ("Binary", {}, target, binary, ["ExactMatch"]),
    ("Multiclass", {"num_classes": 3}, classes, multiclass, []),
    ("Multilabel", {"num_labels": 2}, labels, multilabel, ["CohenKappa", "HingeLoss", "CalibrationError"]),
]:
    for note, preds in kinds.items():
        for name in NAMES:
            if name not in without and not (task == "Multiclass" and name == "ExactMatch"):
                cases.add(f"{task}{name}", options, (preds, wanted), note=note)
        for name in CURVES:
            cases.add(f"{task}{name}", {**options, "thresholds": 4}, (preds, wanted), note=note)
            cases.add(f"{task}{name}", options, (preds, wanted), note=note)
cases.save()
