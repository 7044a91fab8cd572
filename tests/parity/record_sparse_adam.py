"""Records thirty steps of torch's SparseAdam on sparse gradients, in the layout of record_optimizer_steps.py.

The gradients are written as the dense tensors that they are here: rows that no index asked for are zeros.
Run: python tests/parity/record_sparse_adam.py
"""

import json
from pathlib import Path

import numpy as np
import torch

from recorded_numbers import camel, numbers, values

OUT = Path(__file__).parents[2] / "packages/core/src/optim/fixtures/sparse-adam-steps.json"
STEPS = 30
SEEN = [1, 2, 3, 10, 30]
SHAPES = [[6, 3], [5], [3, 2, 2]]
rng = np.random.default_rng(11)


def gradient(shape, step):
    """Some rows, another choice in each step; now and then none at all."""
    grad = rng.normal(size=shape).astype(np.float32)
    asked = rng.random(shape[0]) < 0.5
    if step in (4, 5):
        asked[:] = False
    grad[~asked] = 0
    return torch.tensor(grad)


def run(options, starts, grads):
    params = [torch.tensor(start, requires_grad=True) for start in starts]
    groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.03}]
    optimizer = torch.optim.SparseAdam(groups, **options)
    after = {}
    for step, of_step in enumerate(grads):
        for param, grad in zip(params, of_step):
            param.grad = None if grad is None else grad.to_sparse(1)
        optimizer.step()
        if step + 1 in SEEN:
            after[step + 1] = [values(param, 9) for param in params]
    saved = optimizer.state_dict()
    state = {
        str(index): {key: numbers(torch.as_tensor(value), 9) for key, value in entry.items()}
        for index, entry in saved["state"].items()
    }
    named = {camel(key): value for key, value in options.items()}
    return {"optimizer": "SparseAdam", "options": named, "after": after, "state": state, "param_groups": saved["param_groups"]}


starts = [rng.normal(size=shape).astype(np.float32) for shape in SHAPES]
grads = [[None if i == 1 and step in (2, 7) else gradient(shape, step) for i, shape in enumerate(SHAPES)] for step in range(STEPS)]
OPTIONS = [{}, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-4}, {"lr": 0.01, "maximize": True}]
part = {
    "shapes": SHAPES,
    "starts": [values(torch.tensor(start), 9) for start in starts],
    "grads": [[None if grad is None else values(grad, 9) for grad in of_step] for of_step in grads],
    "cases": [run(options, starts, grads) for options in OPTIONS],
}
OUT.write_text(json.dumps({"torch": torch.__version__, "parts": [part]}) + "\n")
