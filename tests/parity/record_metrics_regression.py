"""Writes packages/metrics/src/regression/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_regression.py
"""

import torch

from metric_recorder import Cases

torch.manual_seed(41)
cases = Cases("regression")
r = torch.randn
pairs = lambda *shapes: [(r(*shape), r(*shape)) for shape in shapes]
nan = float("nan")

for options in [{}, {"squared": False}]:
    cases.add("MeanSquaredError", options, *pairs([5], [3]), functional="mean_squared_error")
cases.add("MeanSquaredError", {"num_outputs": 2}, *pairs([4, 2], [3, 2]), functional="mean_squared_error")
cases.add("MeanSquaredError", {}, (torch.tensor([1.0, nan]), torch.tensor([1.0, 2.0])), functional="mean_squared_error", note="NaN")
cases.add("MeanSquaredError", {}, (r(3), r(4)), note="mixed shapes")
cases.save()
