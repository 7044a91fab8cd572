"""Records thirty steps of torch's optimizers on given gradients, over several sets of options.

Parameters are ragged (a scalar, a row, a matrix, four dimensions) and in two groups with options of their own. The
gradients have what goes wrong: zeros in whole rows as a sparse embedding gives them, exact zeros, a parameter whose
gradient is always zero, one that has none for some steps, large and tiny values.
Run: python tests/parity/record_optimizer_steps.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import optim

from recorded_numbers import camel

OUT = Path(__file__).parents[2] / "packages/core/src/optim/fixtures/optimizer-steps.json"
STEPS = 30
SEEN = [1, 2, 3, 10, 30]
rng = np.random.default_rng(7)
SHAPES = [[3, 4], [5], [], [2, 1, 2, 3], [2]]
MATRICES = [[3, 4], [5, 2], [1, 6]]


def single(values):
    return np.asarray(values, dtype=np.float32)


def make_grads(shapes):
    grads = []
    for step in range(STEPS):
        of_step = [single(rng.normal(size=shape)) for shape in shapes]
        of_step[0][step % of_step[0].shape[0]] = 0  # a row that a batch did not touch
        if len(shapes) == 5:
            of_step[1] *= single(10.0) ** (step % 7 - 3)
            of_step[4][:] = 0
            if step in (2, 3, 11):
                of_step[3] = None
        grads.append(of_step)
    return grads


def flat(array):
    return None if array is None else [float(f"{x:.9g}") for x in np.asarray(array).ravel()]


CASES = {
    "SGD": [{"lr": 0.1, "momentum": 0.9, "nesterov": True}],
    "Adam": [{"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}, {"lr": 0.01, "amsgrad": True}],
    "AdamW": [{"lr": 0.01}, {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-4}],
    "RMSprop": [{}, {"centered": True, "momentum": 0.9}, {"alpha": 0.9, "weight_decay": 0.1, "maximize": True}, {"momentum": 0.5, "eps": 1e-3}],
    "Adagrad": [{}, {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.05}, {"initial_accumulator_value": 0.5, "eps": 1e-4, "maximize": True}],
    "Adadelta": [{}, {"lr": 0.5, "rho": 0.8, "weight_decay": 0.1}, {"eps": 1e-3, "maximize": True}],
    "NAdam": [{}, {"lr": 0.02, "betas": [0.8, 0.95], "momentum_decay": 0.02, "eps": 1e-5}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}],
    "RAdam": [{"lr": 0.01}, {"lr": 0.02, "betas": [0.8, 0.9], "eps": 1e-5}, {"weight_decay": 0.1}, {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}],
    "Adamax": [{}, {"lr": 0.02, "betas": [0.8, 0.9], "eps": 1e-4}, {"weight_decay": 0.1, "maximize": True}],
    "ASGD": [{}, {"lr": 0.1, "lambd": 0.01, "alpha": 0.6, "t0": 5}, {"weight_decay": 0.1, "maximize": True, "t0": 0}],
    "Rprop": [{}, {"lr": 0.1, "etas": [0.3, 1.5], "step_sizes": [0.01, 0.5]}, {"maximize": True}],
    "Adafactor": [{}, {"lr": 0.1, "beta2_decay": -0.5, "eps": [1e-4, 1e-2], "weight_decay": 0.1}, {"d": 1.5, "maximize": True}],
    "Muon": [{}, {"lr": 0.02, "momentum": 0.8, "nesterov": False, "weight_decay": 0.0}, {"adjust_lr_fn": "match_rms_adamw", "ns_steps": 3}, {"adjust_lr_fn": "spectral_unclamped", "ns_coefficients": [3.0, -4.0, 1.8], "eps": 1e-5}],
}


def run(name, options, starts, grads):
    params = [torch.tensor(s, requires_grad=True) for s in starts]
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    second = {"params": params[2:], "lr": 0.03}
    optimizer = getattr(optim, name)([{"params": params[:2]}, second], **tuples)
    after = {}
    for step, of_step in enumerate(grads):
        for p, g in zip(params, of_step):
            p.grad = None if g is None else torch.tensor(g)
        optimizer.step()
        if step + 1 in SEEN:
            after[step + 1] = [flat(p.detach()) for p in params]
    saved = optimizer.state_dict()
    state = {str(i): {k: {"shape": list(v.shape), "values": flat(v)} if torch.is_tensor(v) else v for k, v in entry.items()} for i, entry in saved["state"].items()}
    return {"optimizer": name, "options": {camel(k): v for k, v in options.items()}, "after": after, "state": state, "param_groups": saved["param_groups"]}


def part(shapes, names):
    starts = [single(rng.normal(size=shape)) for shape in shapes]
    starts[0][0] = 0
    grads = make_grads(shapes)
    cases = [run(name, options, starts, grads) for name in names for options in CASES[name]]
    return {"shapes": shapes, "starts": [flat(s) for s in starts], "grads": [[flat(g) for g in step] for step in grads], "cases": cases}


parts = [part(SHAPES, [name for name in CASES if name != "Muon"]), part(MATRICES, ["Muon"])]
OUT.write_text(json.dumps({"torch": torch.__version__, "parts": parts}) + "\n")
