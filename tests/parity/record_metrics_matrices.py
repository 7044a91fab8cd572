"""Writes packages/metrics/src/classification/fixtures/matrices.json: metrics of confusion matrices, exact matches,
hinge losses and calibration errors.

Usage: python tests/parity/record_metrics_matrices.py
"""

import torch

from classification_inputs import INPUTS, wrong
from metric_recorder import Cases

cases = Cases("classification", "matrices")
SIZES = {"binary": {}, "multiclass": {"num_classes": 4}, "multilabel": {"num_labels": 3}}
FUNCTIONS = {"ConfusionMatrix": "confusion_matrix", "JaccardIndex": "jaccard_index", "CohenKappa": "cohen_kappa", "MatthewsCorrCoef": "matthews_corrcoef", "ExactMatch": "exact_match", "HingeLoss": "hinge_loss", "CalibrationError": "calibration_error"}


def add(task, name, options, updates, note):
    if name in ("HingeLoss", "CalibrationError"):
        options = {key: value for key, value in options.items() if key != "threshold"}
    cases.add(f"{task.capitalize()}{name}", {**SIZES[task], **options}, *updates, functional=f"{task}_{FUNCTIONS[name]}", note=note)


def run(name, tasks, variants, skip=("samplewise", "top 2"), first=("random",)):
    """Every kind of input with the first variant, and those in `first` with all."""
    for task in tasks:
        for note, updates, options in INPUTS[task]:
            if note in skip:
                continue
            for variant in variants(task) if note in first else variants(task)[:1]:
                add(task, name, {**options, **variant}, updates, note)


averages = lambda task: [{}] if task == "binary" else [{"average": average} for average in ("macro", "micro", "weighted", "none")]
ALL = ["binary", "multiclass", "multilabel"]
run("ConfusionMatrix", ALL, lambda task: [{}] + [{"normalize": how} for how in ("true", "pred", "all", "none")], first=("random", "single class"))
run("JaccardIndex", ALL, lambda task: averages(task), first=("random", "ignored class", "single class"))
run("JaccardIndex", ["binary", "multiclass"], lambda task: [{"zero_division": 1}], first=())
run("CohenKappa", ALL[:2], lambda task: [{}, {"weights": "linear"}, {"weights": "quadratic"}, {"weights": "none"}])
run("MatthewsCorrCoef", ALL, lambda task: [{}])
run("ExactMatch", ALL[1:], lambda task: [{}], skip=("top 2", "empty"))
SCORED = ("samplewise", "top 2", "labels", "ignored only")
run("HingeLoss", ["binary"], lambda task: [{}, {"squared": True}], skip=SCORED + ("NaN",))
run("HingeLoss", ["multiclass"], lambda task: [{}, {"squared": True}, {"multiclass_mode": "one-vs-all"}], skip=SCORED)
run("CalibrationError", ALL[:2], lambda task: [{}, {"n_bins": 5, "norm": "l2"}, {"norm": "max"}, {"n_bins": 3}], skip=SCORED + ("NaN",), first=("random", "tied"))
for name in FUNCTIONS:
    for task in ALL:
        if hasattr(__import__("torchmetrics").classification, f"{task.capitalize()}{name}"):
            cases.add(name, {"task": task, **SIZES[task]}, *INPUTS[task][0][1], functional=FUNCTIONS[name], note="front")
corners = {"right": ([0, 1, 1], [0, 1, 1]), "wrong": ([1, 0, 0], [0, 1, 1]), "one side": ([1, 1, 1], [1, 1, 0]), "no answer": ([0, 0, 0], [1, 1, 0]), "no yes": ([1, 1, 0], [0, 0, 0]), "only yes": ([1, 0, 0], [1, 1, 1])}
for note, (preds, target) in corners.items():
    add("binary", "MatthewsCorrCoef", {}, [(torch.tensor(preds), torch.tensor(target))], note)
for task, options, inputs, why in wrong():
    if "multidim_average" not in options:
        cases.add(f"{task.capitalize()}ConfusionMatrix", options, inputs, note=why)
    if task == "multiclass":
        cases.add("MulticlassHingeLoss", options, inputs, note=why) if "class 9" not in why else None
for name, options in [("BinaryConfusionMatrix", {"normalize": "rows"}), ("BinaryCohenKappa", {"weights": "cubic"}), ("BinaryCalibrationError", {"norm": "l3"}), ("BinaryCalibrationError", {"n_bins": 0})]:
    cases.add(name, options, *INPUTS["binary"][0][1], note="option")
cases.save()
