"""Runs metrics of torchmetrics and writes what they gave as cases for packages/metrics/src/recorded-cases.test.ts."""

import importlib
import inspect
import json
import warnings
from pathlib import Path

import torch
import torchmetrics

from recorded_numbers import camel, number, typed_numbers

SRC = Path(__file__).parents[2] / "packages/metrics/src"
FAMILIES = ["audio", "classification", "clustering", "image", "regression", "retrieval", "segmentation", "text", "wrappers"]


def plain(value, digits=7):
    """A tree of tensors and plain values, as JSON has them."""
    if isinstance(value, torch.Tensor):
        integer = not value.is_floating_point()
        return typed_numbers(value, "bool" if value.dtype == torch.bool else "int32" if integer else "float32", digits)
    if isinstance(value, dict):
        return {str(key): plain(part, digits) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part, digits) for part in value]
    return number(value, 9) if isinstance(value, float) else value


def find(name, functional=False):
    root = "torchmetrics.functional" if functional else "torchmetrics"
    for place in [root, *(f"{root}.{family}" for family in FAMILIES)]:
        module = importlib.import_module(place)
        if hasattr(module, name):
            return getattr(module, name)
    raise LookupError(name)


def squeezed(value):
    """A single number without dimensions: functional forms of torchmetrics do not agree on it, its classes do."""
    if isinstance(value, torch.Tensor):
        return value.squeeze() if value.numel() == 1 else value
    return tuple(map(squeezed, value)) if isinstance(value, tuple) else value


class Cases:
    """Cases of one family. `add` runs a metric; `save` writes them."""

    def __init__(self, family, file="recorded"):
        self.out = SRC / family / "fixtures" / f"{file}.json"
        self.cases = []

    def add(self, name, options, *updates, functional=None, note=None, whole=True, each=True, tolerance=None, one_rank=False, base=None, make=None, extra=None):
        """Updates one after another; each alone through `forward`; all rows at once through the functional form.

        options: torchmetrics' own names. updates: one tuple of inputs per batch.
        functional: the functional form's name. whole=False: joined batches are not one batch (it is run per batch).
        each=False: `forward` is not compared. one_rank=True: the order of batches counts. base: the name and the options of the metric in a wrapper. make: makes the metric otherwise, as `extra` describes in the case. A metric that refuses is recorded with `error`.
        """
        case = {"metric": name, "options": {camel(key): plain(value) for key, value in options.items()}, "updates": [plain(list(update), 9) for update in updates]}
        if base:
            case["base"] = {"metric": base[0], "options": {camel(key): plain(value) for key, value in base[1].items()}}
        case |= extra or {}
        made = make or (lambda: find(name)(find(base[0])(**base[1]), **options) if base else find(name)(**options))
        if note:
            case["note"] = note
        if one_rank:
            case["oneRank"] = True
        if tolerance:
            case["tolerance"] = tolerance
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                metric = made()
                for update in updates:
                    metric.update(*update)
                case["expected"] = plain(metric.compute())
            except Exception as error:  # noqa: BLE001 - what torchmetrics refuses is part of the record
                if "tensor of 0 elements" in str(error):
                    return
                case["error"] = f"{type(error).__name__}: {error}"[:200]
        said = sorted({str(w.message)[:200] for w in caught if issubclass(w.category, UserWarning)})
        if said:
            case["warnings"] = said
        if "error" not in case:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if each:
                    metric = made()
                    case["each"] = [plain(metric(*update)) for update in updates]
                if functional:
                    self.add_functional(case, functional, options, updates, whole)
        self.cases.append(case)

    def add_functional(self, case, name, options, updates, whole):
        form = find(name, functional=True)
        accepted = inspect.signature(form).parameters
        options = {key: value for key, value in options.items() if key in accepted}
        case["functional"] = {"name": camel(name), "options": {camel(key): plain(value) for key, value in options.items()}}
        if whole:
            joined = [torch.cat(parts) if isinstance(parts[0], torch.Tensor) else [x for part in parts for x in part] for parts in zip(*updates)]
            case["functional"]["whole"] = plain(squeezed(form(*joined, **options)))
        else:
            case["functional"]["each"] = [plain(squeezed(form(*update, **options))) for update in updates]

    def save(self):
        self.out.parent.mkdir(parents=True, exist_ok=True)
        # Many cases run over the same batches, which are written once.
        batches = {json.dumps(case["updates"]): case["updates"] for case in self.cases}
        for case in self.cases:
            case["updates"] = list(batches).index(json.dumps(case["updates"]))
        self.out.write_text(json.dumps({"torchmetrics": torchmetrics.__version__, "batches": list(batches.values()), "cases": self.cases}, separators=(",", ":")) + "\n")
        refused = sum("error" in case for case in self.cases)
        print(f"{self.out.name}: {len(self.cases)} cases, {refused} of them refused, {self.out.stat().st_size} bytes")
