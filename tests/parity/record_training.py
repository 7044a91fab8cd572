"""Trains an MLP and a CNN on real 8x8 digits for 50 steps with torch and records the losses.

Needs scikit-learn for the digits. Weights are float32 in base64; pixels are letters, A = 0 … Q = 16.
Run: python tests/parity/record_training.py
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn, optim
from torch.nn import functional as F

OUT = Path(__file__).parents[2] / "packages/core/src/optim/fixtures/training.json"
STEPS, BATCH = 50, 8

torch.manual_seed(0)
torch.set_num_threads(1)
digits = load_digits()
chosen = np.random.default_rng(0).permutation(len(digits.images))[: STEPS * BATCH]
images = digits.images[chosen].astype(int)
labels = digits.target[chosen]

MODELS = {
    "mlp": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)),
    "cnn": lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 2), nn.ReLU(), nn.Flatten(), nn.Linear(32, 10)),
}
OPTIMIZERS = {
    "SGD": {"lr": 0.02, "momentum": 0.9},
    "Adam": {"lr": 0.01},
    "AdamW": {"lr": 0.01, "weight_decay": 0.1},
}


def train(model, name):
    optimizer = getattr(optim, name)(model.parameters(), **OPTIMIZERS[name])
    losses = []
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        x = torch.tensor((images[rows] - 5) / 6, dtype=torch.float32).reshape(BATCH, 1, 8, 8)
        loss = F.cross_entropy(model(x), torch.tensor(labels[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


models = {}
for name, make in MODELS.items():
    start = {key: value.clone() for key, value in make().state_dict().items()}
    runs = []
    for optimizer in OPTIMIZERS:
        model = make()
        model.load_state_dict(start)
        runs.append({"optimizer": optimizer, "options": {"weightDecay" if k == "weight_decay" else k: v for k, v in OPTIMIZERS[optimizer].items()}, "losses": train(model, optimizer)})
    state = {key: {"shape": list(value.shape), "base64": base64.b64encode(value.numpy().tobytes()).decode()} for key, value in start.items()}
    models[name] = {"state": state, "runs": runs}

pixels = "".join(chr(65 + value) for value in images.ravel())
OUT.write_text(json.dumps({"torch": torch.__version__, "batchSize": BATCH, "pixels": pixels, "labels": "".join(map(str, labels)), "models": models}) + "\n")
