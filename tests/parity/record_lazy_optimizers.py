"""Records what torch's optimizers make of parameters that have no shapes yet: whether they take them, and five losses.

The closure gives the model its weights when it has run for the first time, so that the numbers are the same anywhere.
Run: python tests/parity/record_lazy_optimizers.py
"""

import json
from pathlib import Path

import torch
from torch import nn, optim

from recorded_numbers import number, numbers

OUT = Path(__file__).parents[2] / "packages/core/src/optim/fixtures/lazy-optimizers.json"
STEPS = 5
CASES = {
    **{name: {"lr": 0.05} for name in ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "RAdam", "Adamax", "ASGD"]},
    **{"Adadelta": {"lr": 1.0}, "Rprop": {"lr": 0.01}, "Adafactor": {"lr": 0.1}, "Muon": {"lr": 0.02}},
    "LBFGS": {"max_iter": 4, "line_search_fn": "strong_wolfe"},
}


def formula(shape, start):
    size = torch.Size(shape).numel()
    return torch.sin(torch.arange(start, start + size, dtype=torch.float32)).reshape(shape)


X, Y = formula([6, 2], 1), formula([6, 1], 20)
WEIGHTS = {"0.weight": formula([3, 2], 3), "0.bias": formula([3], 5), "2.weight": formula([2, 3], 7), "2.bias": formula([2], 9)}


def run(name, options):
    model = nn.Sequential(nn.LazyLinear(3), nn.Tanh(), nn.LazyLinear(2))
    matrices = [value for key, value in model.named_parameters() if key.endswith("weight")]
    chosen = matrices if name == "Muon" else model.parameters()
    try:
        optimizer = getattr(optim, name)(chosen, **options)
    except (RuntimeError, ValueError) as error:
        return {"error": str(error).split("\n")[0], "losses": []}
    is_first = True

    def closure():
        nonlocal is_first
        optimizer.zero_grad()
        if is_first:
            model(X)
            model.load_state_dict(WEIGHTS)
            is_first = False
        loss = (model(X) - Y).square().mean()
        loss.backward()
        return loss

    return {"error": None, "losses": [number(optimizer.step(closure).item()) for _ in range(STEPS)]}


cases = [{"optimizer": name, "options": options, **run(name, options)} for name, options in CASES.items()]
recorded = {"torch": torch.__version__, "x": numbers(X), "y": numbers(Y)}
recorded["weights"] = {key: numbers(value) for key, value in WEIGHTS.items()}
OUT.write_text(json.dumps({**recorded, "cases": cases}) + "\n")
print("\n".join(f"{case['optimizer']}: {case['error'] or case['losses']}" for case in cases))
