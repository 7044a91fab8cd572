"""Writes packages/metrics/src/composition/fixtures/recorded.json: arithmetic of metrics.

Usage: python tests/parity/record_metrics_composition.py
"""

import operator

import torch

from metric_recorder import Cases, find, plain

torch.manual_seed(59)
cases = Cases("composition")
OPERATIONS = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "floorDiv": operator.floordiv,
    "mod": operator.mod, "pow": operator.pow, "equal": operator.eq, "notEqual": operator.ne, "greater": operator.gt,
    "greaterEqual": operator.ge, "less": operator.lt, "lessEqual": operator.le, "matMul": operator.matmul, "abs": abs,
    "at": operator.getitem,
}  # fmt: skip
rows = [(torch.randn(4), torch.randn(4)), (torch.randn(3), torch.randn(3))]
classes = [(torch.randint(3, (n,)), torch.randint(3, (n,))) for n in (5, 4)]
error, absolute = ("MeanSquaredError", {}), ("MeanAbsoluteError", {})
correlation = ("PearsonCorrCoef", {})
recalls = ("MulticlassRecall", {"num_classes": 3, "average": "none"})
matrix = ("MulticlassConfusionMatrix", {"num_classes": 3})
counts = ("MulticlassStatScores", {"num_classes": 3, "average": "micro"})


def add(operation, base, updates, *others):
    def make():
        metric = find(base[0])(**base[1])
        operands = [find(other[0])(**other[1]) if isinstance(other, tuple) else other for other in others]
        return OPERATIONS[operation](metric, *operands)

    named = [{"metric": other[0], "options": plain_options(other[1])} if isinstance(other, tuple) else plain(other) for other in others]
    cases.add("CompositionalMetric", {}, *updates, base=base, make=make, extra={"operation": operation, "others": named})


def plain_options(options):
    return {"numClasses" if key == "num_classes" else key: value for key, value in options.items()}


for operation in ["add", "sub", "mul", "div", "floorDiv", "mod", "pow"]:
    for other in [absolute, 2, 0.5, torch.tensor(1.5), torch.tensor([1.0, 2.0, 4.0])]:
        add(operation, error, rows, other)
    add(operation, recalls, classes, torch.tensor([1.0, 2.0, 0.5]))
    add(operation, counts, classes, 2)
    add(operation, counts, classes, torch.tensor(3))
for operation in ["sub", "mul", "mod", "floorDiv"]:
    add(operation, correlation, rows, -0.3)
for operation in ["equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual"]:
    for other in [absolute, 2]:
        add(operation, error, rows, other)
    add(operation, counts, classes, 3)
    add(operation, recalls, classes, 0.5)
    add(operation, recalls, classes, recalls)
add("matMul", matrix, classes, torch.tensor([1, 2, 3]))
add("matMul", matrix, classes, torch.tensor([[1, 0], [2, 1], [0, 3]]))
add("abs", correlation, rows)
add("at", recalls, classes, 1)
add("at", recalls, classes, -1)
add("at", matrix, classes, 0)
cases.save()
