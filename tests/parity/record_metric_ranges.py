"""Writes packages/metrics/src/plot/fixtures/ranges.json: what torchmetrics' classes say of the range of their values.

Usage: python tests/parity/record_metric_ranges.py
"""

import importlib
import inspect
import json

import torchmetrics
from torchmetrics.wrappers.abstract import WrapperMetric

from metric_recorder import FAMILIES, SRC

FACTS = {"higherIsBetter": "higher_is_better", "plotLowerBound": "plot_lower_bound", "plotUpperBound": "plot_upper_bound", "plotLegendName": "plot_legend_name"}

ranges = {}
for family in ["aggregation", *FAMILIES]:
    module = importlib.import_module(f"torchmetrics.{family}")
    for name, found in sorted(vars(module).items()):
        # What chooses a class by its task, and what wraps another metric, says nothing itself.
        if not inspect.isclass(found) or not issubclass(found, torchmetrics.Metric) or issubclass(found, WrapperMetric) or "__new__" in vars(found):
            continue
        facts = {ours: getattr(found, theirs) for ours, theirs in FACTS.items()}
        ranges[name] = {ours: fact for ours, fact in facts.items() if isinstance(fact, (bool, int, float, str))}
out = SRC / "plot/fixtures/ranges.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps({"torchmetrics": torchmetrics.__version__, "cases": [], "ranges": ranges}, separators=(",", ":")) + "\n")
print(f"{out.name}: {len(ranges)} classes, {out.stat().st_size} bytes")
