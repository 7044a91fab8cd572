"""Writes packages/metrics/src/<family>/fixtures/options.json: options that the other recorders do not set.

Usage: python tests/parity/record_metrics_options.py
"""

import torch
import torchmetrics

from classification_inputs import INPUTS
from metric_recorder import Cases

torch.manual_seed(53)
nan = float("nan")

aggregation = Cases("aggregation", "options")
numbers = [(torch.tensor([value]),) for value in (1.0, nan, 4.0, 0.5, nan, 7.0, -1.0)]
for name in ["RunningMean", "RunningSum"]:
    for strategy in ["warn", "ignore", "error", 2.5]:
        aggregation.add(name, {"window": 3, "nan_strategy": strategy}, *numbers, note="NaN", one_rank=True, each=False)
aggregation.save()

classification = Cases("classification", "options")
nothing = [(torch.full((4, 3), 0.1), torch.zeros(4, 3, dtype=torch.long))]
for average in ["micro", "macro", "weighted", "none"]:
    for updates, note in [(nothing, "nothing to score"), (INPUTS["multilabel"][0][1], "random")]:
        options = {"num_labels": 3, "average": average, "zero_division": 1}
        classification.add("MultilabelJaccardIndex", options, *updates, functional="multilabel_jaccard_index", note=note)
for task, size, updates in [("binary", {}, [(torch.zeros(4), torch.zeros(4, dtype=torch.long))]), ("multilabel", {"num_labels": 3, "average": "macro"}, nothing)]:
    classification.add("JaccardIndex", {"task": task, **size, "zero_division": 1}, *updates, functional="jaccard_index", note="front, nothing to score")
logits = [(torch.randn(7) * 3, torch.randint(0, 2, (7,))), (torch.randn(4) * 3, torch.randint(0, 2, (4,)))]
for name in ["BinaryROC", "BinaryPrecisionRecallCurve", "BinaryAveragePrecision"]:
    for options in [{}, {"thresholds": [0.0, 0.25, 0.6, 1.0]}]:
        for normalization in ["sigmoid", None]:
            make = lambda: getattr(torchmetrics.classification, name)(**options, normalization=normalization)
            classification.add(name, {**options, "normalization": normalization or "none"}, *logits, note="logits", make=make)
classification.save()

text = Cases("text", "options")
texts = [(["the cat is on the mat", "a small dog"], [["there is a cat on the mat", "a cat is on the mat"], ["one small dog"]]), (["green eggs and ham"], [["green ham and eggs"]])]
for options in [{"n_gram": 2, "weights": [0.75, 0.25]}, {"n_gram": 4, "weights": [0.1, 0.2, 0.3, 0.4], "smooth": True}]:
    text.add("SacreBLEUScore", options, *texts, functional="sacre_bleu_score", note="weights")
text.save()

image = Cases("image", "options")
pair = [(torch.rand(2, 1, 12, 12), torch.rand(2, 1, 12, 12)), (torch.rand(1, 1, 12, 12), torch.rand(1, 1, 12, 12))]
few = {"data_range": 1.0, "betas": (0.4, 0.6), "kernel_size": 5, "sigma": 0.6}
for constants in [{"k1": 0.05, "k2": 0.1}, {"k1": 0.2}]:
    image.add("MultiScaleStructuralSimilarityIndexMeasure", {**few, **constants}, *pair, functional="multiscale_structural_similarity_index_measure", note="constants")
image.save()
