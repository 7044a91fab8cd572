"""Records the masks, outputs and gradients that torch's pruning makes of a linear layer and a convolution.

Run: python tests/parity/record_prune.py
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import prune

OUT = Path(__file__).parents[2] / "packages/core/src/nn/utils/prune/fixtures/prune.json"
torch.manual_seed(2)
WEIGHTS = {"linear": torch.randn(4, 6), "conv": torch.randn(4, 3, 2, 2)}
INPUTS = {"linear": torch.randn(2, 6), "conv": torch.randn(2, 3, 4, 4)}
MASK = (torch.arange(24).reshape(4, 6) % 5 != 0).float()

CASES = [
    ("linear", [("l1Unstructured", {"amount": 7})]),
    ("linear", [("l1Unstructured", {"amount": 0.3})]),
    ("linear", [("l1Unstructured", {"amount": 0.25}), ("l1Unstructured", {"amount": 0.25})]),
    ("linear", [("lnStructured", {"amount": 2, "n": 2, "dim": 0})]),
    ("linear", [("lnStructured", {"amount": 0.5, "n": 1, "dim": 1}), ("lnStructured", {"amount": 1, "n": 2, "dim": 0})]),
    ("linear", [("customFromMask", {}), ("l1Unstructured", {"amount": 0.5})]),
    ("conv", [("l1Unstructured", {"amount": 0.4})]),
    ("conv", [("lnStructured", {"amount": 0.3, "n": float("inf"), "dim": 1})]),
]
NAMES = {"l1Unstructured": prune.l1_unstructured, "lnStructured": prune.ln_structured}


def flat(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().reshape(-1)]


def run(kind, steps):
    layer = nn.Linear(6, 4) if kind == "linear" else nn.Conv2d(3, 4, 2)
    with torch.no_grad():
        layer.weight.copy_(WEIGHTS[kind])
        layer.bias.zero_()
    for name, options in steps:
        if name == "customFromMask":
            prune.custom_from_mask(layer, "weight", MASK)
        else:
            NAMES[name](layer, "weight", **options)
    output = layer(INPUTS[kind])
    (output**2).sum().backward()
    seen = {"keys": sorted(layer.state_dict()), "mask": flat(layer.weight_mask), "output": flat(output), "grad": flat(layer.weight_orig.grad)}
    prune.remove(layer, "weight")
    steps = [[name, {k: "Infinity" if v == float("inf") else v for k, v in options.items()}] for name, options in steps]
    return {"kind": kind, "steps": steps, **seen, "removed": flat(layer.weight), "keysAfter": sorted(layer.state_dict())}


OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "weights": {k: flat(v) for k, v in WEIGHTS.items()}, "inputs": {k: flat(v) for k, v in INPUTS.items()}, "mask": flat(MASK), "cases": [run(*case) for case in CASES]}) + "\n")
