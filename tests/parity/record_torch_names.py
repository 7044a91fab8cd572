"""Lists the public names of PyTorch's modules with their arguments, for tools/torch-names.ts.

Run: python tests/parity/record_torch_names.py
"""

import inspect
import json
from pathlib import Path

import torch
import torch.distributions
import torch.nn.functional as F
from torch.optim import lr_scheduler, swa_utils

OUT = Path(__file__).parents[2] / "tools/torch-names/torch-names.json"
# Bases, old names of other classes, and functions that PyTorch's own code calls.
INTERNAL = {"Container", "NLLLoss2d", "RNNBase", "RNNCellBase", "assert_int_or_pair", "boolean_dispatch", "native_channel_shuffle"}
INTERNAL_PARTS = ("torch_function", "_with_indices", "scaled_mm", "scaled_addmm", "scaled_grouped_mm")
# What is there for devices, files and graphs that exist in PyTorch alone.
NO_OPTIONS = {"self", "params", "optimizer", "args", "kwargs", "device", "dtype", "validate_args", "cache_size", "input", "inplace", "size_average", "reduce", "out"}
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


modules = {
    "torch.optim": classes(torch.optim, torch.optim.Optimizer),
    "torch.optim.lr_scheduler": classes(lr_scheduler, lr_scheduler.LRScheduler, ("LRScheduler",)),
    "torch.optim.swa_utils": {name: getattr(swa_utils, name) for name in swa_utils.__all__},
    "torch.distributions": {name: getattr(torch.distributions, name) for name in torch.distributions.__all__},
    "torch.nn": classes(torch.nn, torch.nn.Module),
    "torch.nn.functional": functions(F),
}
listed = {module: {name: arguments(value) for name, value in sorted(names.items()) if name not in INTERNAL and not any(part in name for part in INTERNAL_PARTS)} for module, names in modules.items()}
OUT.write_text(json.dumps({"torch": torch.__version__, "modules": listed}, indent=1) + "\n")
