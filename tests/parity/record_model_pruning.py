"""Records what Lightning's ModelPruning does to a small model.

Run: python tests/parity/record_model_pruning.py
"""

import json
import logging
import warnings
from pathlib import Path

import lightning
import lightning.pytorch as pl
import lightning.pytorch.callbacks.pruning as pruning
import torch
from lightning.pytorch.callbacks import ModelPruning
from recorded_numbers import number, numbers
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

OUT = Path(__file__).parents[2] / "packages/pytorch/src/callbacks/pruning/fixtures/model-pruning.json"
warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

generator = torch.Generator().manual_seed(9)
X = torch.randn(12, 3, generator=generator)
Y = torch.randn(12, 1, generator=generator)
lines = []


pruning.log.info = lambda text: lines.append(text)


def copy_param(new, old, name):
    """Lightning 2.6.6 shares the first values with the parameter, so that training changes them too; here they are copied."""
    target = getattr(new, name + "_orig") if hasattr(new, name + "_orig") else getattr(new, name)
    target.data.copy_(getattr(old, name).data)


ModelPruning._copy_param = staticmethod(copy_param)


class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        start = torch.Generator().manual_seed(13)
        self.net = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))
        for parameter in self.net.parameters():
            parameter.data = torch.randn(parameter.shape, generator=start)
        self.val_losses, self.train_losses = [], []

    def training_step(self, batch, _):
        loss = nn.functional.mse_loss(self.net(batch[0]), batch[1])
        self.train_losses.append(number(loss.item()))
        return loss

    def validation_step(self, batch, _):
        self.val_losses.append(number(nn.functional.mse_loss(self.net(batch[0]), batch[1]).item()))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.5)


def state(model):
    return {name: numbers(tensor.double()) for name, tensor in model.state_dict().items()}


def run(name, options, fields=None):
    model = Model()
    start = state(model)
    lines.clear()
    if fields is not None:
        options = {**options, "parameters_to_prune": [(model.net[i], field) for i, field in fields]}
    callback = ModelPruning(**options)
    saved = {}

    class Keep(pl.Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            if trainer.global_step == 10:
                content = trainer._checkpoint_connector.dump_checkpoint()
                saved.update({key: numbers(value.double()) for key, value in content["state_dict"].items()})

    trainer = pl.Trainer(
        max_epochs=4,
        callbacks=[callback, Keep()],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    data = TensorDataset(X, Y)
    trainer.fit(model, DataLoader(data, batch_size=3), DataLoader(data, batch_size=12))
    return {
        "name": name,
        "start": start,
        "trainLosses": model.train_losses,
        "valLosses": model.val_losses,
        "saved": saved,
        "lines": list(lines),
        "end": state(model),
    }


L1 = {"pruning_fn": "l1_unstructured"}
cases = [
    run("lottery tickets", {**L1, "verbose": 1}),
    run("a part of all parameters", {**L1, "amount": 0.2, "use_lottery_ticket_hypothesis": False, "verbose": 2}),
    run("a number in each parameter", {**L1, "amount": 1, "use_global_unstructured": False, "use_lottery_ticket_hypothesis": False, "parameter_names": ["weight"], "verbose": 2}),
    run("channels", {"pruning_fn": "ln_structured", "amount": 1, "pruning_dim": 0, "pruning_norm": 2, "use_global_unstructured": False, "use_lottery_ticket_hypothesis": False}, [(0, "weight")]),
    run("by the epoch", {**L1, "amount": lambda epoch: [0, 0.3, 0.1, 5][epoch], "apply_pruning": lambda epoch: epoch != 2, "use_lottery_ticket_hypothesis": lambda epoch: epoch == 3}),
    run("not for good", {**L1, "amount": 0.25, "make_pruning_permanent": False, "use_lottery_ticket_hypothesis": False}),
    run("after validation", {**L1, "amount": 0.25, "prune_on_train_epoch_end": False, "use_lottery_ticket_hypothesis": False}),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(
    json.dumps({"lightning": lightning.__version__, "x": numbers(X, 9), "y": numbers(Y, 9), "cases": cases}) + "\n"
)
