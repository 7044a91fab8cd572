"""Writes packages/core/src/nn/fixtures/hard-activations.json: activations of straight lines at their special points.

Every point is computed by itself: PyTorch's vectorized loops let a NaN block hardtanh's gradient, its scalar ones and
those of GPUs do not. Lists of numbers are texts, as JSON has no NaN, no infinities and no -0.

Usage: python tests/parity/record_hard_activations.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/hard-activations.json"
FUNCTIONS = {
    "relu6": F.relu6,
    "hardtanh": F.hardtanh,
    "hardtanh of other limits": lambda x: F.hardtanh(x, -0.1, 0.7),
    "hardsigmoid": F.hardsigmoid,
    "hardswish": F.hardswish,
}
CORNERS = [-3.0, -1.0, -0.1, 0.0, 0.7, 1.0, 3.0, 6.0]
DYS = [1.0, -0.3, float("inf"), float("-inf"), float("nan"), 0.0]


def neighbours(number):
    point = torch.tensor(number)
    return [torch.nextafter(point, torch.tensor(side)).item() for side in (-torch.inf, torch.inf)]


def texts(numbers):
    """As JavaScript reads them, in one text."""
    words = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return " ".join(words.get(repr(float(number)), repr(float(number))) for number in numbers)


def record(function, points):
    ys, gradients = [], [[] for _ in DYS]
    for point in points:
        for dy, found in zip(DYS, gradients):
            x = torch.tensor([point], requires_grad=True)
            y = function(x)
            y.backward(torch.tensor([dy]))
            found.append(x.grad.item())
        ys.append(y.item())
    return {"y": texts(ys), "gradients": [texts(found) for found in gradients]}


def main():
    points = [n for corner in CORNERS for n in [corner, *neighbours(corner)] if abs(n) > 1e-30 or n == 0]
    points += [-0.0, 1e-30, -1e-30, 0.25, -0.05, 2.2, -2.4, 4.5, -7.5, 1e30, -1e30]
    points += [float("inf"), float("-inf"), float("nan")]
    points = torch.tensor(points).tolist()
    cases = {name: record(function, points) for name, function in FUNCTIONS.items()}
    recorded = {"torch": torch.__version__, "x": texts(points), "dys": texts(DYS), "cases": cases}
    OUT.write_text(json.dumps(recorded, indent=1) + "\n")


main()
