"""Trains an MLP with LayerNorm and a CNN with BatchNorm in float16 and bfloat16 with torch on the CPU, records both.

Module and inputs are converted as Lightning's HalfPrecision does it: no autocast, no loss scaler; the loss is in the
short type too. Optimizers are torch's fused ones, which compute a step in float32 and store it in the short type.
Run: python tests/parity/record_half_precision.py
"""

import base64
import json
from pathlib import Path

import torch
from torch import nn, optim
from torch.nn import functional as F

OUT = Path(__file__).parents[2] / "packages/fabric/src/precision/fixtures/half-precision.json"
STEPS, BATCH, CLASSES = 12, 8, 4

MODELS = {
    "mlp": lambda: nn.Sequential(nn.Linear(16, 24), nn.LayerNorm(24), nn.ReLU(), nn.Linear(24, CLASSES)),
    "cnn": lambda: nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, CLASSES)
    ),
}
INPUTS = {"mlp": (BATCH, 16), "cnn": (BATCH, 1, 4, 4)}
DTYPES = {"16-true": torch.float16, "bf16-true": torch.bfloat16}
# float16 has no 1e-8: Adam's eps has to be one of its numbers.
OPTIMIZERS = {
    "SGD": {"lr": 0.05, "momentum": 0.9},
    "AdamW": {"lr": 0.01, "eps": 0.001},
}

torch.manual_seed(0)
torch.set_num_threads(1)
inputs = {name: torch.randn(STEPS, *shape) for name, shape in INPUTS.items()}
# Classes that can be learned: by a fixed direction of the input.
labels = {name: (x.flatten(2)[:, :, :CLASSES]).argmax(2) for name, x in inputs.items()}


def train(model, name, optimizer_name, dtype):
    model = model.to(dtype)
    optimizer = getattr(optim, optimizer_name)(model.parameters(), fused=True, **OPTIMIZERS[optimizer_name])
    losses, first = [], None
    for step in range(STEPS):
        loss = F.cross_entropy(model(inputs[name][step].to(dtype)), labels[name][step])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        first = first or encode(model.state_dict())
    moments = [state for state in optimizer.state.values()]
    assert all(value.dtype == dtype for state in moments for key, value in state.items() if key != "step")
    return {"losses": losses, "first": first, "last": encode(model.state_dict())}


def encode(state):
    return {
        key: {"shape": list(value.shape), "base64": base64.b64encode(value.float().numpy().tobytes()).decode()}
        for key, value in state.items()
        if value.dtype.is_floating_point
    }


models = {}
for name, make in MODELS.items():
    start = {key: value.clone() for key, value in make().state_dict().items()}
    runs = []
    for optimizer in OPTIMIZERS:
        for precision, dtype in DTYPES.items():
            model = make()
            model.load_state_dict(start)
            runs.append({"optimizer": optimizer, "options": OPTIMIZERS[optimizer], "precision": precision, **train(model, name, optimizer, dtype)})
    models[name] = {"start": encode(start), "runs": runs, "x": encode({"x": inputs[name]})["x"], "labels": labels[name].tolist()}
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "steps": STEPS, "models": models}) + "\n")
