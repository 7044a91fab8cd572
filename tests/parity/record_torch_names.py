"""Lists the public names of PyTorch's and torchmetrics' modules with their arguments, for tools/torch-names.ts.

Run: python tests/parity/record_torch_names.py
"""

import importlib
import inspect
import json
from pathlib import Path

import torch
import torch.distributions
import torch.nn.functional as F
import torchmetrics
from torch.optim import lr_scheduler, swa_utils

OUT = Path(__file__).parents[2] / "tools/torch-names/torch-names.json"
# Bases, old names of other classes, and functions that PyTorch's own code calls.
INTERNAL = {"Container", "NLLLoss2d", "RNNBase", "RNNCellBase", "assert_int_or_pair", "boolean_dispatch", "native_channel_shuffle"}
INTERNAL_PARTS = ("torch_function", "_with_indices", "scaled_mm", "scaled_addmm", "scaled_grouped_mm")
# What is there for devices, files and graphs that exist in PyTorch alone.
NO_OPTIONS = {"self", "params", "optimizer", "args", "kwargs", "device", "dtype", "validate_args", "cache_size", "input", "inplace", "size_average", "reduce", "out"}
BATCH = {"preds", "target", "task"}
FAMILIES = ["aggregation", "audio", "classification", "clustering", "image", "regression", "retrieval", "segmentation", "text", "wrappers"]
# None of theirs is here yet.
OTHER_FAMILIES = ["detection", "multimodal", "nominal", "shape"]
IMPLEMENTATIONS = {"foreach", "fused", "capturable", "differentiable"}


def arguments(value):
    target = value.__init__ if inspect.isclass(value) else value
    try:
        names = inspect.signature(target).parameters
    except (TypeError, ValueError):
        return []
    return [name for name in names if name not in NO_OPTIONS | IMPLEMENTATIONS and not name.startswith("_")]


def classes(module, base, exclude=()):
    return {name: value for name, value in vars(module).items() if inspect.isclass(value) and issubclass(value, base) and value is not base and not name.startswith("_") and name not in exclude}


def functions(module):
    return {name: value for name, value in vars(module).items() if callable(value) and not name.startswith("_") and not inspect.isclass(value) and "torch" in (getattr(value, "__module__", None) or "torch") and not name.endswith("_")}


def metrics(family):
    module = importlib.import_module(f"torchmetrics.{family}")
    own = getattr(module, "__all__", None) or [name for name in torchmetrics.__all__ if getattr(getattr(torchmetrics, name), "__module__", None) == module.__name__]
    return {name: getattr(module, name) for name in own}


def metric_arguments(value):
    """A front chooses its class in `__new__`."""
    target = value if not inspect.isclass(value) else value.__new__ if "__new__" in vars(value) else value.__init__
    return [name for name in inspect.signature(target).parameters if name not in NO_OPTIONS | BATCH | {"cls"}]


functional = importlib.import_module("torchmetrics.functional")
functions_of_metrics = {name: getattr(functional, name) for name in functional.__all__}
for family in [*FAMILIES[1:-1], *OTHER_FAMILIES]:
    module = importlib.import_module(f"torchmetrics.functional.{family}")
    functions_of_metrics.update({name: getattr(module, name) for name in getattr(module, "__all__", [])})
modules = {
    "torch.optim": classes(torch.optim, torch.optim.Optimizer),
    "torch.optim.lr_scheduler": classes(lr_scheduler, lr_scheduler.LRScheduler, ("LRScheduler",)),
    "torch.optim.swa_utils": {name: getattr(swa_utils, name) for name in swa_utils.__all__},
    "torch.distributions": {name: getattr(torch.distributions, name) for name in torch.distributions.__all__},
    "torch.nn": classes(torch.nn, torch.nn.Module),
    "torch.nn.functional": functions(F),
}
listed = {module: {name: arguments(value) for name, value in sorted(names.items()) if name not in INTERNAL and not any(part in name for part in INTERNAL_PARTS)} for module, names in modules.items()}
listed |= {f"torchmetrics.{family}": {name: metric_arguments(value) for name, value in sorted(metrics(family).items())} for family in [*FAMILIES, *OTHER_FAMILIES]}
listed["torchmetrics"] = {"CompositionalMetric": [], "Metric": [], "MetricCollection": ["metrics", "prefix", "postfix", "compute_groups"]}
listed["torchmetrics.functional"] = {name: metric_arguments(value) for name, value in sorted(functions_of_metrics.items())}
OUT.write_text(json.dumps({"torch": torch.__version__, "torchmetrics": torchmetrics.__version__, "modules": listed}, indent=1) + "\n")
