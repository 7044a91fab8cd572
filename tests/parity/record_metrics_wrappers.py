"""Writes packages/metrics/src/wrappers/fixtures/recorded.json.

What draws random numbers is tested by its properties, in packages/metrics/src/wrappers.
Usage: python tests/parity/record_metrics_wrappers.py
"""

import torch

from metric_recorder import Cases

torch.manual_seed(53)
cases = Cases("wrappers")
r, nan = torch.randn, float("nan")
rows = [(r(4), r(4)), (r(3), r(3))]
classes = [(torch.randint(3, (n,)), torch.randint(3, (n,))) for n in (5, 4)]
labels = [(torch.rand(n, 3), torch.randint(2, (n, 3))) for n in (4, 6)]
columns = [(r(n, 2), r(n, 2)) for n in (4, 3)]
with_nan = [(torch.tensor([[1.0, 2.0], [nan, 3.0], [4.0, 1.0]]), torch.tensor([[1.5, nan], [1.0, 3.5], [2.0, 2.0]])), columns[0]]

# torchmetrics' MinMaxMetric keeps the last batch alone after `forward`: each batch alone is not compared.
for base in [("MeanSquaredError", {}), ("PearsonCorrCoef", {}), ("ExplainedVariance", {})]:
    cases.add("MinMaxMetric", {}, *rows, base=base, each=False)
cases.add("MinMaxMetric", {}, *classes, base=("MulticlassAccuracy", {"num_classes": 3}), each=False)
cases.add("MinMaxMetric", {}, *classes, base=("MulticlassAccuracy", {"num_classes": 3, "average": "none"}), each=False, note="several values")
cases.add("MinMaxMetric", {}, *[(p[:, 0], t[:, 0]) for p, t in labels], base=("BinaryAUROC", {}), each=False)

for name in ["MulticlassRecall", "MulticlassF1Score"]:
    base = (name, {"num_classes": 3, "average": "none"})
    cases.add("ClasswiseWrapper", {}, *classes, base=base)
    cases.add("ClasswiseWrapper", {"labels": ["horse", "fish", "dog"]}, *classes, base=base)
    cases.add("ClasswiseWrapper", {"labels": ["a", "b", "c"], "prefix": "val-"}, *classes, base=base)
    cases.add("ClasswiseWrapper", {"postfix": "/test"}, *classes, base=base)
cases.add("ClasswiseWrapper", {"prefix": "p-", "postfix": "-q"}, *labels, base=("MultilabelAUROC", {"num_labels": 3, "average": "none"}))
cases.add("ClasswiseWrapper", {}, *classes, base=("MulticlassRecall", {"num_classes": 3, "average": "micro"}), note="one value")

for base in [("MeanSquaredError", {}), ("R2Score", {}), ("SpearmanCorrCoef", {}), ("PearsonCorrCoef", {})]:
    cases.add("MultioutputWrapper", {"num_outputs": 2}, *columns, base=base)
    cases.add("MultioutputWrapper", {"num_outputs": 2, "remove_nans": False}, *columns, base=base)
    cases.add("MultioutputWrapper", {"num_outputs": 2, "output_dim": 0, "remove_nans": False}, *[(p.T, t.T) for p, t in columns], base=base)
cases.add("MultioutputWrapper", {"num_outputs": 2}, *with_nan, base=("MeanSquaredError", {}), note="NaN")
cases.add("MultioutputWrapper", {"num_outputs": 2, "remove_nans": False}, *with_nan, base=("MeanSquaredError", {}), note="NaN")
cases.add("MultioutputWrapper", {"num_outputs": 2, "squeeze_outputs": False}, *columns, base=("MeanSquaredError", {}))
cases.add("MultioutputWrapper", {"num_outputs": 3}, *labels, base=("BinaryAccuracy", {}))

for base in [("MeanSquaredError", {}), ("SumMetric", {}), ("MulticlassAccuracy", {"num_classes": 3})]:
    batches = [*classes, *classes[::-1]] if base[0] == "MulticlassAccuracy" else [(p,) if base[0] == "SumMetric" else (p, t) for p, t in [*rows, *rows[::-1]]]
    for options in [{}, {"window": 1}, {"window": 3}]:
        cases.add("Running", options, *batches, base=base, one_rank=True, each=False)
cases.save()
