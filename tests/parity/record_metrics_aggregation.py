"""Writes packages/metrics/src/aggregation/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_aggregation.py
"""

import torch

from metric_recorder import Cases

torch.manual_seed(47)
cases = Cases("aggregation")
r, nan = torch.randn, float("nan")
plain = [(r(4),), (r(2, 3).reshape(-1),), (torch.tensor(0.5),)]
with_nan = [(torch.tensor([1.0, nan, 3.0]),), (torch.tensor([nan, 2.0]),)]
single = [(torch.tensor([value]),) for value in (1.0, -2.0, 4.0, 0.5, 3.0, 7.0, -1.0)]

for name in ["SumMetric", "MeanMetric", "MaxMetric", "MinMetric", "CatMetric"]:
    cases.add(name, {}, *plain, note="random")
    cases.add(name, {}, *with_nan, note="NaN")
    for strategy in ["ignore", "error", 2.5] + (["disable"] if name in ("SumMetric", "CatMetric", "MeanMetric") else []):
        cases.add(name, {"nan_strategy": strategy}, *with_nan, note="NaN")
    cases.add(name, {"nan_strategy": "skip"}, *plain, note="option")
cases.add("MeanMetric", {}, (r(4), torch.rand(4)), (r(3), torch.rand(3)), note="weights")
cases.add("MeanMetric", {}, (torch.tensor([1.0, nan, 3.0]), torch.tensor([1.0, 2.0, nan])), note="NaN in weights")
cases.add("MeanMetric", {}, (r(2, 3), torch.rand(3)), note="weights of columns")
for name in ["RunningMean", "RunningSum"]:
    cases.add(name, {}, *single, note="single values", one_rank=True)
    cases.add(name, {"window": 3}, *single, note="single values", one_rank=True)
    cases.add(name, {"window": 0}, *single, note="option")
cases.save()
