"""Records what Lightning's StochasticWeightAveraging does to a small model.

Run: python tests/parity/record_stochastic_weight_averaging.py
"""

import json
import logging
import warnings
from pathlib import Path

import lightning
import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import StochasticWeightAveraging
from recorded_numbers import number, numbers
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

OUT = Path(__file__).parents[2] / "packages/pytorch/src/callbacks/averaging/fixtures/stochastic-weight-averaging.json"
warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

generator = torch.Generator().manual_seed(8)
X = torch.randn(12, 3, generator=generator)
Y = torch.randn(12, 1, generator=generator)


class Model(pl.LightningModule):
    def __init__(self, batch_norm, scheduled, groups):
        super().__init__()
        start = torch.Generator().manual_seed(12)
        middle = nn.BatchNorm1d(4) if batch_norm else nn.Identity()
        self.net = nn.Sequential(nn.Linear(3, 4), middle, nn.Tanh(), nn.Linear(4, 1))
        for parameter in self.net.parameters():
            parameter.data = torch.randn(parameter.shape, generator=start)
        self.scheduled, self.groups = scheduled, groups
        self.val_losses, self.train_losses, self.rates = [], [], []

    def training_step(self, batch, _):
        self.rates.append([number(group["lr"]) for group in self.optimizers().param_groups])
        loss = nn.functional.mse_loss(self.net(batch[0]), batch[1])
        self.train_losses.append(number(loss.item()))
        return loss

    def validation_step(self, batch, _):
        self.val_losses.append(number(nn.functional.mse_loss(self.net(batch[0]), batch[1]).item()))

    def configure_optimizers(self):
        parameters = [{"params": layer.parameters()} for layer in (self.net[0], self.net[3])] if self.groups else self.parameters()
        optimizer = torch.optim.SGD(parameters, lr=0.1)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)] if self.scheduled else []


def state(model):
    return {name: numbers(tensor.double()) for name, tensor in model.state_dict().items()}


def run(name, options, epochs=6, batch_norm=True, scheduled=False, groups=False, **trainer_options):
    callback = StochasticWeightAveraging(**options)
    model = Model(batch_norm, scheduled, groups)
    start = state(model)
    saved = {}

    class Keep(pl.Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            if trainer.global_step == 18 and not saved:
                content = callback.state_dict()
                saved["n_averaged"] = content["n_averaged"]
                saved["latest_update_epoch"] = content["latest_update_epoch"]
                saved["average"] = {key: numbers(value.double()) for key, value in content["average_model_state"].items()}

    trainer = pl.Trainer(
        max_epochs=epochs,
        callbacks=[callback, Keep()],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        **trainer_options,
    )
    data = TensorDataset(X, Y)
    trainer.fit(model, DataLoader(data, batch_size=3), DataLoader(data, batch_size=12))
    return {
        "name": name,
        "start": start,
        "trainLosses": model.train_losses,
        "valLosses": model.val_losses,
        "rates": model.rates,
        "saved": saved,
        "steps": trainer.global_step,
        "epochs": trainer.current_epoch,
        "end": state(model),
    }


cases = [
    run("the last epochs", {"swa_lrs": 0.05}),
    run("without batch norms", {"swa_lrs": 0.05, "swa_epoch_start": 0.5}, batch_norm=False),
    run("annealed along a cosine", {"swa_lrs": 0.01, "swa_epoch_start": 2, "annealing_epochs": 3}),
    run("annealed along a line", {"swa_lrs": 0.01, "swa_epoch_start": 2, "annealing_epochs": 3, "annealing_strategy": "linear"}),
    run("in the place of a scheduler", {"swa_lrs": 0.02, "swa_epoch_start": 3, "annealing_epochs": 2}, scheduled=True),
    run("a rate for each group", {"swa_lrs": [0.02, 0.3], "swa_epoch_start": 1, "annealing_epochs": 2}, batch_norm=False, groups=True),
    run("accumulated steps", {"swa_lrs": 0.05, "swa_epoch_start": 0.5}, accumulate_grad_batches=2),
    run(
        "an average of its own",
        {"swa_lrs": 0.05, "swa_epoch_start": 2, "avg_fn": lambda average, value, count: 0.75 * average + 0.25 * value},
    ),
]
OUT.write_text(
    json.dumps({"lightning": lightning.__version__, "x": numbers(X, 9), "y": numbers(Y, 9), "cases": cases}) + "\n"
)
