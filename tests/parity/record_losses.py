"""Writes packages/core/src/nn/fixtures/losses.json: losses of PyTorch by name, with gradients in all inputs.

Usage: python tests/parity/record_losses.py
"""

import json
from pathlib import Path

import torch
from torch import nn

from recorded_numbers import camel, typed_numbers

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/losses.json"


# Losses whose last input gets a gradient too.
TAKES_GRADIENTS = ["KLDivLoss", "GaussianNLLLoss", "SmoothL1Loss", "HuberLoss", "TripletMarginLoss"]


def numbers(tensor):
    return typed_numbers(tensor, "int32" if tensor.dtype == torch.int64 else "float32")


def record(loss, options, *inputs):
    cases = []
    for reduction in ["mean", "sum", "none"] + (["batchmean"] if loss == "KLDivLoss" else []):
        last = len(inputs) - 1
        tensors = [x.clone().requires_grad_(x.is_floating_point() and (i < last or loss in TAKES_GRADIENTS)) for i, x in enumerate(inputs)]
        y = getattr(nn, loss)(reduction=reduction, **options)(*tensors)
        dy = torch.randn_like(y)
        y.backward(dy)
        cases.append(
            {
                "loss": loss,
                "options": {"reduction": reduction, **{camel(k): numbers(v) if isinstance(v, torch.Tensor) else v for k, v in options.items()}},
                "inputs": [numbers(x) for x in inputs],
                "y": numbers(y),
                "dy": numbers(dy),
                "gradients": [None if x.grad is None or not x.grad.isfinite().all() else numbers(x.grad) for x in tensors],
            }
        )
    return cases


torch.manual_seed(31)
r = torch.randn
signs = lambda *shape: torch.randint(0, 2, shape).float() * 2 - 1
probabilities = torch.rand(3, 4)
probabilities[0, 1] = 0.0
ties = torch.tensor([1.0, -1.0, 0.5, 0.0])
cases = [
    record("KLDivLoss", {}, r(3, 4).log_softmax(1), probabilities),
    record("KLDivLoss", {}, r(3, 4).log_softmax(1), torch.rand(3, 4) + 0.1),
    record("KLDivLoss", {"log_target": True}, r(3, 4).log_softmax(1), r(3, 4)),
    record("GaussianNLLLoss", {}, r(3, 4), r(3, 4), torch.rand(3, 4) + 0.1),
    record("GaussianNLLLoss", {"full": True, "eps": 0.5}, r(3, 4), r(3, 4), torch.rand(3, 1)),
    record("GaussianNLLLoss", {}, r(3, 4), r(3, 4), torch.rand(3) + 0.1),
    record("PoissonNLLLoss", {}, r(3, 4), torch.poisson(torch.full((3, 4), 2.0))),
    record("PoissonNLLLoss", {"log_input": False, "full": True, "eps": 1e-3}, torch.rand(3, 4) + 0.1, torch.poisson(torch.full((3, 4), 2.0))),
    record("SoftMarginLoss", {}, r(3, 4), signs(3, 4)),
    record("MultiLabelSoftMarginLoss", {}, r(3, 4), torch.randint(0, 2, (3, 4)).float()),
    record("MultiLabelSoftMarginLoss", {"weight": torch.rand(4)}, r(3, 4), torch.randint(0, 2, (3, 4)).float()),
    record("SmoothL1Loss", {"beta": 0.5}, r(3, 4), r(3, 4)),
    record("HuberLoss", {}, torch.cat([r(4), ties]), torch.cat([r(4), torch.zeros(4)])),
    record("HuberLoss", {"delta": 0.3}, r(3, 4), r(3, 4)),
    record("MarginRankingLoss", {}, torch.cat([r(3), ties]), torch.cat([r(3), ties]), signs(7)),
    record("MarginRankingLoss", {"margin": 0.7}, r(5), r(5), signs(5)),
    record("HingeEmbeddingLoss", {}, torch.cat([r(4), ties]), signs(8)),
    record("HingeEmbeddingLoss", {"margin": 0.5}, r(2, 3), signs(2, 3)),
    record("CosineEmbeddingLoss", {}, r(4, 3), r(4, 3), signs(4)),
    record("CosineEmbeddingLoss", {"margin": 0.3}, r(3), r(3), torch.tensor(-1.0)),
    record("TripletMarginLoss", {}, r(4, 3), r(4, 3), r(4, 3)),
    record("TripletMarginLoss", {"margin": 0.5, "p": 1.0, "swap": True}, r(4, 3), r(4, 3), r(4, 3)),
    record("TripletMarginLoss", {"p": 3.0, "eps": 0.01}, r(3), r(3), r(3)),
    record("MultiMarginLoss", {}, r(4, 3), torch.tensor([0, 2, 1, 1])),
    record("MultiMarginLoss", {"p": 2, "margin": 0.6, "weight": torch.rand(3)}, r(4, 3), torch.tensor([0, 2, 1, 1])),
    record("MultiMarginLoss", {}, r(3), torch.tensor(1)),
    record("BCELoss", {"weight": torch.rand(4)}, torch.rand(3, 4), torch.rand(3, 4)),
    record("BCEWithLogitsLoss", {"weight": torch.rand(3, 1), "pos_weight": torch.rand(4)}, r(3, 4), torch.rand(3, 4)),
    record("SoftMarginLoss", {}, r(1), signs(1)),
]
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": [case for group in cases for case in group]}, separators=(",", ":")) + "\n")
print(OUT.stat().st_size)
