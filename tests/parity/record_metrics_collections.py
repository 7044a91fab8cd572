"""Writes packages/metrics/src/wrappers/fixtures/others.json: what holds metrics and is none itself, and bootstraps.

Bootstraps draw numbers of their own: of rows that are all alike, each draw has the same value.
Usage: python tests/parity/record_metrics_collections.py
"""

import json

import torch
import torchmetrics
from torchmetrics import MetricCollection, MetricTracker

from metric_recorder import SRC, find, plain
from recorded_numbers import camel

torch.manual_seed(67)
others = []


def options_of(options):
    return {camel(key): plain(value) for key, value in options.items()}


def made_of(specification):
    if isinstance(specification, dict):
        return {name: find(metric)(**options) for name, (metric, options) in specification.items()}
    if isinstance(specification, list):
        return [find(metric)(**options) for metric, options in specification]
    return find(specification[0])(**specification[1])


def told(specification):
    if isinstance(specification, dict):
        return {name: {"metric": metric, "options": options_of(options)} for name, (metric, options) in specification.items()}
    if isinstance(specification, list):
        return [{"metric": metric, "options": options_of(options)} for metric, options in specification]
    return {"metric": specification[0], "options": options_of(specification[1])}


scores = [(torch.rand(6), torch.randint(2, (6,))) for _ in range(3)]
numbers = [(torch.randn(5), torch.randn(5)) for _ in range(4)]
binary = [("BinaryAccuracy", {}), ("BinaryPrecision", {}), ("BinaryRecall", {})]
named = {"mse": ("MeanSquaredError", {}), "mae": ("MeanAbsoluteError", {})}
for metrics, batches in [(binary, scores), (named, numbers)]:
    for options in [{}, {"prefix": "val_"}, {"postfix": "_end", "prefix": "a/"}, {"compute_groups": True}, {"compute_groups": False}]:
        collection = MetricCollection(made_of(metrics), **options)
        each = [plain(collection(*batch)) for batch in batches]
        others.append({"metric": "MetricCollection", "options": options_of({"metrics": None, **options}), "made": told(metrics), "updates": [plain(list(batch), 9) for batch in batches], "each": each, "expected": plain(collection.compute())})
for metric, batches in [(("MeanSquaredError", {}), numbers), (("BinaryAccuracy", {}), scores), (binary, scores), (named, numbers)]:
    for options in [{}, {"maximize": True}, {"maximize": False}]:
        inner = MetricCollection(made_of(metric)) if isinstance(metric, (list, dict)) else made_of(metric)
        tracker = MetricTracker(inner, **options)
        for batch in batches:
            tracker.increment()
            tracker.update(*batch)
        best, step = tracker.best_metric(return_step=True)
        found = {name: [best[name], step[name]] for name in best} if isinstance(best, dict) else [best, step]
        others.append({"metric": "MetricTracker", "options": options_of({"metric": None, **options}), "made": told(metric), "updates": [plain(list(batch), 9) for batch in batches], "expected": plain(tracker.compute_all()), "best": plain(found), "steps": tracker.n_steps})
alike = [(torch.full((4,), 3.0), torch.full((4,), 1.0)), (torch.full((2,), 5.0), torch.full((2,), 3.0))]
for options in [{}, {"num_bootstraps": 4, "raw": True}, {"quantile": 0.25}, {"quantile": torch.tensor([0.1, 0.9]), "mean": False}, {"std": False, "num_bootstraps": 3}]:
    options = {**options, "sampling_strategy": "multinomial"}
    strapper = find("BootStrapper")(find("MeanSquaredError")(), **options)
    for batch in alike:
        strapper.update(*batch)
    others.append({"metric": "BootStrapper", "options": options_of({**options, "quantile": [0.1, 0.9]} if isinstance(options.get("quantile"), torch.Tensor) else options), "made": told(("MeanSquaredError", {})), "updates": [plain(list(batch), 9) for batch in alike], "expected": plain(strapper.compute())})
out = SRC / "wrappers/fixtures/others.json"
out.write_text(json.dumps({"torchmetrics": torchmetrics.__version__, "cases": [], "others": others}, separators=(",", ":")) + "\n")
print(f"{out.name}: {len(others)} cases, {out.stat().st_size} bytes")
