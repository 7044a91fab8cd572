"""Trains the model of lightning_mlp.py, saves it at three moments, and records the losses that follow each.

Run with each version of Lightning whose files are wanted: python tests/parity/record_lightning_checkpoints.py
It writes packages/pytorch/src/checkpoint/torch/fixtures/lightning-<version>.json.
"""

import base64
import json
import shutil
import warnings
from pathlib import Path

import torch
from lightning_mlp import BATCHES, LitMLP, data, pl, trainer

FOLDER = Path("/tmp/lightning-mlp")
OUT = Path(__file__).parents[2] / "packages/pytorch/src/checkpoint/torch/fixtures"
EPOCHS = 6
warnings.filterwarnings("ignore")
shutil.rmtree(FOLDER, ignore_errors=True)
torch.set_num_threads(1)
torch.manual_seed(0)

ModelCheckpoint = pl.callbacks.ModelCheckpoint
steps = ModelCheckpoint(dirpath=FOLDER / "steps", filename="{step}", every_n_train_steps=8, save_top_k=-1)
epochs = ModelCheckpoint(dirpath=FOLDER / "epochs", filename="{epoch}", save_top_k=-1)
model = LitMLP()
run = trainer(EPOCHS, [steps, epochs])
run.fit(model, data())
run.save_checkpoint(FOLDER / "end.ckpt")
first = list(model.losses)
longer = trainer(EPOCHS + 4, [])
longer.fit(model, data(), ckpt_path=str(FOLDER / "end.ckpt"))
losses = model.losses

MOMENTS = {"mid-epoch": (FOLDER / "steps/step=8.ckpt", 8), "epoch end": (FOLDER / "epochs/epoch=1.ckpt", 2 * BATCHES), "after the fit": (FOLDER / "end.ckpt", len(first))}
record = {
    "lightning": pl.__version__,
    "torch": torch.__version__,
    "checkpoints": [
        {"moment": moment, "steps": step, "base64": base64.b64encode(path.read_bytes()).decode(), "losses": losses[step : step + 20]}
        for moment, (path, step) in MOMENTS.items()
    ],
}
assert all(len(one["losses"]) == 20 for one in record["checkpoints"]), [len(one["losses"]) for one in record["checkpoints"]]
OUT.mkdir(parents=True, exist_ok=True)
path = OUT / f"lightning-{'.'.join(pl.__version__.split('.')[:2])}.json"
path.write_text(json.dumps(record, separators=(",", ":")) + "\n")
print(path, path.stat().st_size)
