"""Records what torch's LBFGS makes of two losses: parameters, losses and how often it asked, after each step.

Run: python tests/parity/record_lbfgs.py
"""

import json
from pathlib import Path

import numpy as np
import torch

from recorded_numbers import camel

OUT = Path(__file__).parents[2] / "packages/core/src/optim/lbfgs/fixtures/lbfgs.json"
rng = np.random.default_rng(3)
X = rng.normal(size=(12, 4)).astype(np.float32)
Y = rng.integers(0, 3, size=12)
STARTS = {
    "classifier": [rng.normal(size=(3, 4)).astype(np.float32), np.zeros(3, dtype=np.float32)],
    "valley": [np.float32([-1.2, 1.0]), np.float32([0.5])],
}


def loss_of(problem, params):
    if problem == "classifier":
        weight, bias = params
        logits = torch.tensor(X) @ weight.T + bias
        return torch.nn.functional.cross_entropy(logits, torch.tensor(Y)) + 0.01 * (weight**2).sum()
    x, y = params
    return 10 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2 + ((y - x[0]) ** 2).sum()


def flat(array):
    return [float(f"{v:.9g}") for v in np.asarray(array).ravel()]


CASES = [
    {"lr": 0.1, "max_iter": 5},
    {"lr": 0.5, "max_iter": 8, "max_eval": 6, "history_size": 3},
    {"line_search_fn": "strong_wolfe", "max_iter": 4},
    {"line_search_fn": "strong_wolfe", "max_iter": 4, "history_size": 2, "lr": 0.3},
    {"line_search_fn": "strong_wolfe", "max_iter": 10, "max_eval": 4, "lr": 5.0},
    {"lr": 0.1, "max_iter": 4, "maximize": True},
    {"line_search_fn": "strong_wolfe", "tolerance_grad": 0.05, "tolerance_change": 1e-4},
]


def run(problem, options):
    params = [torch.tensor(s, requires_grad=True) for s in STARTS[problem]]
    optimizer = torch.optim.LBFGS(params, **options)
    sign = -1 if options.get("maximize") else 1
    calls = 0
    seen = []

    def closure():
        nonlocal calls
        calls += 1
        optimizer.zero_grad()
        loss = sign * loss_of(problem, params)
        loss.backward()
        return loss

    for _ in range(3):  # at the fourth the classifier has converged, and rounding decides when to stop
        loss = optimizer.step(closure)
        seen.append({"loss": float(loss.detach()), "calls": calls, "params": [flat(p.detach()) for p in params]})
    state = optimizer.state_dict()["state"][0]
    return {
        "problem": problem,
        "options": {camel(k): v for k, v in options.items()},
        "steps": seen,
        "counts": [state["func_evals"], state["n_iter"]],
        "keys": sorted(key for key, value in state.items() if value is not None and key != "al"),
        "d": flat(state["d"]),
    }


OUT.parent.mkdir(parents=True, exist_ok=True)
cases = [run(problem, options) for problem in STARTS for options in CASES]
OUT.write_text(json.dumps({"torch": torch.__version__, "x": flat(X), "y": Y.tolist(), "starts": {k: [{"shape": list(s.shape), "values": flat(s)} for s in v] for k, v in STARTS.items()}, "cases": cases}) + "\n")
