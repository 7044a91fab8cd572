"""What the recorders of hook traces and metric records share: fixed data, and a module that a JSON object describes.

`packages/testing/src/golden` has the same module in TypeScript. Nothing here is random: rows and weights are small
fractions of 4, so that both sides compute the same numbers.
"""

import logging
import warnings

import torch
from lightning.pytorch import LightningDataModule, LightningModule
from lightning.pytorch.callbacks import EarlyStopping, GradientAccumulationScheduler, ModelCheckpoint, Timer
from lightning.pytorch.utilities import CombinedLoader
from torch.utils.data import DataLoader, IterableDataset

from recorded_numbers import camel

warnings.filterwarnings("ignore")
for name in ["lightning.pytorch", "lightning.fabric"]:
    logging.getLogger(name).setLevel(logging.ERROR)

CALLBACKS = {kind.__name__: kind for kind in [EarlyStopping, GradientAccumulationScheduler, ModelCheckpoint, Timer]}
DEFAULTS = {"train": [6], "val": [4], "test": [4], "predict": [4], "schedulers": [], "optimizers": 1, "events": []}


def for_typescript(value):
    """Keys, and names of hooks, in camelCase. `None` has no counterpart there but `false`."""
    if isinstance(value, dict):
        return {camel(key): camel(entry) if key == "hook" else for_typescript(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [for_typescript(entry) for entry in value]
    return False if value is None else value


def rows(count):
    return torch.tensor([[((row * 3 + column * 5) % 7 - 3) / 4 for column in range(4)] for row in range(count)])


class Stream(IterableDataset):
    def __init__(self, data):
        self.data = data

    def __iter__(self):
        return iter(self.data)


def loaders_of(config, kind):
    """A list of row counts becomes one loader or several; an object becomes loaders by name; `mode` combines them."""
    given = config[kind]
    sizes = given["of"] if isinstance(given, dict) and "mode" in given else given
    make = lambda count: DataLoader(Stream(rows(count)) if config.get("stream") == kind else rows(count), batch_size=2)
    if isinstance(sizes, dict):
        loaders = {name: make(count) for name, count in sizes.items()}
    else:
        loaders = [make(count) for count in sizes]
    if isinstance(given, dict) and "mode" in given:
        return CombinedLoader(loaders, given["mode"])
    return loaders[0] if isinstance(loaders, list) and len(loaders) == 1 else loaders


class GoldenModel(LightningModule):
    def __init__(self, config):
        super().__init__()
        self.config = {**DEFAULTS, **config}
        self.automatic_optimization = not self.config.get("manual", False)
        self.layer = torch.nn.Linear(4, 2)
        with torch.no_grad():
            self.layer.weight.copy_(torch.tensor([[(i * 2 + j) % 3 / 4 - 0.25 for j in range(4)] for i in range(2)]))
            self.layer.bias.zero_()
        if "hparams" in self.config:
            self.save_hyperparameters(self.config["hparams"])

    def happening(self, hook, batch_idx=None):
        """What is to happen in this hook at this point of training."""
        for event in self.config["events"]:
            if event["hook"] == hook and event["epoch"] == self.current_epoch and event.get("batch") == batch_idx:
                if event["do"] == "stop":
                    self.trainer.should_stop = True
                if event["do"] == "throw":
                    raise ArithmeticError("as asked")
                return event["do"]
        return None

    def loss(self, batch):
        parts = list(batch.values()) if isinstance(batch, dict) else batch if isinstance(batch, list) else [batch]
        x = torch.cat([part for part in parts if part is not None])
        return torch.nn.functional.mse_loss(self.layer(x), torch.ones(x.shape[0], 2))

    def on_train_batch_start(self, batch, batch_idx):
        return -1 if self.happening("on_train_batch_start", batch_idx) == "leave" else None

    def training_step(self, batch, batch_idx):
        happening = self.happening("training_step", batch_idx)
        if not self.automatic_optimization:
            return self.manual_step(batch)
        loss = self.loss(batch)
        self.log_in_step(loss)
        return None if happening == "nothing" else loss

    def manual_step(self, batch):
        optimizers = self.optimizers()
        for optimizer in optimizers if isinstance(optimizers, list) else [optimizers]:
            loss = self.loss(batch)
            optimizer.zero_grad()
            self.manual_backward(loss)
            optimizer.step()
        self.log_in_step(loss)
        return loss

    def log_in_step(self, loss):
        pass

    def on_train_batch_end(self, outputs, batch, batch_idx):
        self.happening("on_train_batch_end", batch_idx)

    def on_train_epoch_end(self):
        self.happening("on_train_epoch_end")

    def on_validation_epoch_end(self):
        self.happening("on_validation_epoch_end")

    def validation_step(self, batch, batch_idx, dataloader_idx=0):
        if not self.trainer.sanity_checking:
            self.happening("validation_step", batch_idx)

    def test_step(self, batch, batch_idx, dataloader_idx=0):
        self.happening("test_step", batch_idx)

    def predict_step(self, batch, batch_idx, dataloader_idx=0):
        return self.layer(batch)

    def configure_optimizers(self):
        if self.config["optimizers"] == 0:
            return None
        optimizers = [torch.optim.SGD(self.parameters(), lr=0.125) for _ in range(self.config["optimizers"])]
        schedulers = [self.scheduler(optimizers[0], **one) for one in self.config["schedulers"]]
        return optimizers, schedulers

    def scheduler(self, optimizer, kind, **settings):
        if kind == "plateau":
            scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
        else:
            scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        return {"scheduler": scheduler, **settings}

    def train_dataloader(self):
        return loaders_of(self.config, "train")

    def val_dataloader(self):
        return loaders_of(self.config, "val")

    def test_dataloader(self):
        return loaders_of(self.config, "test")

    def predict_dataloader(self):
        return loaders_of(self.config, "predict")


class GoldenData(LightningDataModule):
    def __init__(self, config):
        super().__init__()
        self.config = {**DEFAULTS, **config}

    train_dataloader = GoldenModel.train_dataloader
    val_dataloader = GoldenModel.val_dataloader
    test_dataloader = GoldenModel.test_dataloader
    predict_dataloader = GoldenModel.predict_dataloader

    def state_dict(self):
        return {"kept": 1}

    def load_state_dict(self, state):
        pass


def make_callback(described, dirpath):
    kind, options = described
    if kind == "ModelCheckpoint":
        options = {"dirpath": dirpath, **options}
    if kind == "GradientAccumulationScheduler":
        return CALLBACKS[kind](scheduling={int(epoch): count for epoch, count in options["scheduling"].items()})
    return CALLBACKS[kind](**options)
