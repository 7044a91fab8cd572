"""Writes packages/core/src/ops/fixtures/slogdet.json: what torch.linalg.slogdet gives, with its gradients.

Usage: python tests/parity/record_slogdet.py
"""

import json
from pathlib import Path

import torch

from recorded_numbers import numbers

OUT = Path(__file__).parents[2] / "packages/core/src/ops/fixtures/slogdet.json"
torch.manual_seed(3)


def case(name, matrix, differentiates=True):
    matrix.requires_grad_()
    sign, logarithm = torch.linalg.slogdet(matrix)
    recorded = {"name": name, "matrix": numbers(matrix, 9), "sign": numbers(sign), "logarithm": numbers(logarithm)}
    if differentiates:
        (first,) = torch.autograd.grad((logarithm * torch.arange(1.0, 1 + logarithm.numel()).reshape(logarithm.shape)).sum(), matrix, create_graph=True)
        (second,) = torch.autograd.grad((first**2).sum(), matrix)
        recorded |= {"first": numbers(first), "second": numbers(second)}
    return recorded


cases = [
    case("one number", torch.tensor([[-2.5]])),
    case("a zero pivot first", torch.tensor([[0.0, 2.0], [3.0, 4.0]])),
    case("a permutation", torch.eye(5)[[3, 0, 4, 1, 2]]),
    case("an odd permutation", torch.eye(4)[[1, 0, 2, 3]]),
    case("a batch", torch.randn(2, 3, 4, 4)),
    case("twelve rows", torch.randn(12, 12)),
    case("large and small numbers", torch.randn(3, 3) * torch.tensor([[1e6], [1.0], [1e-6]])),
    case("a singular matrix among others", torch.stack([torch.ones(3, 3), torch.zeros(3, 3), torch.eye(3) * -2]), differentiates=False),
]
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
print(f"{OUT.name}: {len(cases)} cases, {OUT.stat().st_size} bytes")
