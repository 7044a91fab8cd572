"""Records what Lightning's callbacks that average weights do to a small model.

Run: python tests/parity/record_weight_averaging.py
"""

import json
import logging
import warnings
from pathlib import Path

import lightning
import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EMAWeightAveraging, WeightAveraging
from recorded_numbers import numbers, number
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

OUT = Path(__file__).parents[2] / "packages/pytorch/src/callbacks/averaging/fixtures/weight-averaging.json"
warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

generator = torch.Generator().manual_seed(7)
X = torch.randn(12, 3, generator=generator)
Y = torch.randn(12, 1, generator=generator)


class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        start = torch.Generator().manual_seed(11)
        self.net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))
        for parameter in self.net.parameters():
            parameter.data = torch.randn(parameter.shape, generator=start)
        self.val_losses = []

    def training_step(self, batch, _):
        return nn.functional.mse_loss(self.net(batch[0]), batch[1])

    def validation_step(self, batch, _):
        self.val_losses.append(number(nn.functional.mse_loss(self.net(batch[0]), batch[1]).item()))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def state(model):
    return {name: numbers(tensor.double()) for name, tensor in model.state_dict().items()}


def run(name, callback, options):
    model = Model()
    start = state(model)
    trainer = pl.Trainer(
        max_epochs=3,
        callbacks=[callback],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        **options,
    )
    saved = {}

    class Keep(pl.Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            if trainer.global_step == 7 and not saved:
                content = trainer._checkpoint_connector.dump_checkpoint()
                for key in ("state_dict", "current_model_state", "averaging_state"):
                    saved[key] = {name: numbers(tensor.double()) for name, tensor in content[key].items()}
                saved["callback"] = content["callbacks"][callback.state_key]

    trainer.callbacks.append(Keep())
    data = TensorDataset(X, Y)
    trainer.fit(model, DataLoader(data, batch_size=3), DataLoader(data, batch_size=12))
    return {"name": name, "start": start, "valLosses": model.val_losses, "saved": saved, "end": state(model)}


cases = [
    run("mean of all steps", WeightAveraging(), {}),
    run("moving averages", EMAWeightAveraging(decay=0.9), {}),
    run("every second step", EMAWeightAveraging(decay=0.8, update_every_n_steps=2), {}),
    run("accumulated steps", EMAWeightAveraging(decay=0.7), {"accumulate_grad_batches": 2, "max_steps": -1}),
    run("without buffers", EMAWeightAveraging(decay=0.9, use_buffers=False), {}),
    run("steps and epochs", EMAWeightAveraging(decay=0.9, update_every_n_steps=3, update_starting_at_epoch=1), {}),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(
    json.dumps({"lightning": lightning.__version__, "x": numbers(X, 9), "y": numbers(Y, 9), "cases": cases}) + "\n"
)
