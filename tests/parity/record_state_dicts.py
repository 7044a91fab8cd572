"""Writes packages/vision/src/state-dicts/fixtures: state dicts of Python, what the models give, and one epoch of training.

Usage: python tests/parity/record_state_dicts.py
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from recorded_numbers import number, numbers
from state_dict_models import MODELS, batch

OUT = Path(__file__).parents[2] / "packages/vision/src/state-dicts/fixtures"
OUT.mkdir(parents=True, exist_ok=True)
torch.manual_seed(0)
cases = {}
for name, (create, shape, batches, lr) in MODELS.items():
    model = create()
    if name != "resnet18":
        save_file(model.state_dict(), OUT / f"{name}.safetensors")
    x, _ = batch(0, shape)
    before = model.eval()(x)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for index in range(batches):
        x, y = batch(index, shape)
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(number(loss.item()))
    norms = {key: number(value.float().norm().item()) for key, value in model.state_dict().items()}
    cases[name] = {"shape": shape, "lr": lr, "before": numbers(before), "losses": losses, "norms": norms, "after": numbers(model.eval()(batch(0, shape)[0]))}
(OUT / "state-dicts.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
