"""Records in which order Lightning calls hooks, and what it sends to loggers.

Entries are `who.hook` with the numbers that the hook is called with (batch and dataloader index), in camelCase;
who is CB (a callback), LM (the module) or LG (a logger, with x and the sorted names).
Run: python tests/parity/record_hook_trace.py
"""

import inspect
import json
import logging
import warnings
from pathlib import Path

import lightning
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers.logger import Logger
from torch.utils.data import DataLoader

warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
OUT = Path(__file__).parents[2] / "packages/pytorch/src/run/loops/fixtures"
SCRATCH = "/tmp/record-hook-trace"

STAGES = ["train", "validation", "test", "predict"]
SHARED = ["on_fit_start", "on_fit_end", "setup", "teardown", "on_before_zero_grad", "on_before_backward", "on_after_backward", "on_before_optimizer_step", "on_save_checkpoint", "on_load_checkpoint"]
for stage in STAGES:
    SHARED += [f"on_{stage}_{moment}" for moment in ["start", "end", "epoch_start", "epoch_end", "batch_start", "batch_end"]]
ONLY_CALLBACK = ["on_sanity_check_start", "on_sanity_check_end"]
ONLY_MODULE = [
    "prepare_data", "configure_optimizers", "training_step", "validation_step", "test_step", "predict_step", "backward", "optimizer_step", "optimizer_zero_grad",
    "configure_gradient_clipping", "lr_scheduler_step", "train_dataloader", "val_dataloader", "test_dataloader", "predict_dataloader",
    "on_before_batch_transfer", "transfer_batch_to_device", "on_after_batch_transfer",
    "on_validation_model_zero_grad", "on_validation_model_eval", "on_validation_model_train", "on_test_model_eval", "on_test_model_train", "on_predict_model_eval",
]
BATCH_HOOKS = {f"on_{stage}_batch_{moment}" for stage in STAGES for moment in ["start", "end"]} | {"training_step", "validation_step", "test_step", "predict_step"}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


class Trace(list):
    def add(self, who, name, args=(), kwargs={}):
        numbers = [str(a) for a in [*args, *kwargs.values()] if isinstance(a, int) and not isinstance(a, bool)] if name in BATCH_HOOKS else []
        stage = [a for a in args if isinstance(a, str)] + [v for k, v in kwargs.items() if k == "stage"] if name in ("setup", "teardown") else []
        self.append(" ".join([f"{who}.{camel(name)}", *numbers, *stage]))


def recording(cls, who, names, trace):
    """A subclass of `cls` that notes each call of a hook, and then does what `cls` does."""

    def note(name):
        original = getattr(cls, name)

        def hook(self, *args, **kwargs):
            trace.add(who, name, args, kwargs)
            return original(self, *args, **kwargs)

        hook.__signature__ = inspect.signature(original)
        return hook

    return type(cls.__name__, (cls,), {name: note(name) for name in names})


class Model(LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def loss(self, batch):
        return torch.nn.functional.mse_loss(self.layer(batch), torch.ones(batch.shape[0], 2))

    def training_step(self, batch, batch_idx):
        loss = self.loss(batch)
        self.log("loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch, batch_idx, dataloader_idx=0):
        self.log("val_loss", self.loss(batch))

    def test_step(self, batch, batch_idx, dataloader_idx=0):
        self.log("test_loss", self.loss(batch), on_step=True, on_epoch=True)

    def predict_step(self, batch, batch_idx, dataloader_idx=0):
        return self.layer(batch)

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=0.01)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1)]

    def loader(self, batches):
        return DataLoader(torch.randn(batches * 2, 4), batch_size=2)

    def train_dataloader(self):
        return self.loader(3)

    def val_dataloader(self):
        return self.loader(2)

    def test_dataloader(self):
        return self.loader(2)

    def predict_dataloader(self):
        return self.loader(2)


class ManualModel(Model):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, batch_idx):
        optimizer = self.optimizers()
        optimizer.zero_grad()
        loss = self.loss(batch)
        self.manual_backward(loss)
        optimizer.step()
        return loss


class TwoLoaders(Model):
    def val_dataloader(self):
        return [self.loader(2), self.loader(1)]


class RecordingLogger(Logger):
    def __init__(self, trace):
        super().__init__()
        self.trace = trace

    @property
    def name(self):
        return "recording"

    @property
    def version(self):
        return 0

    def log_metrics(self, metrics, step=None):
        self.trace.append(" ".join(["LG.logMetrics", str(step), *sorted(metrics)]))

    def log_hyperparams(self, *args, **kwargs):
        pass

    def finalize(self, status):
        self.trace.append(f"LG.finalize {status}")


def run(model_class, calls, **options):
    seed_everything(1)
    trace = Trace()
    model = recording(model_class, "LM", SHARED + ONLY_MODULE, trace)()
    callback = recording(Callback, "CB", SHARED + ONLY_CALLBACK, trace)()
    trainer = Trainer(
        accelerator="cpu", callbacks=[callback, ModelCheckpoint(dirpath=SCRATCH)], logger=RecordingLogger(trace), default_root_dir=SCRATCH,
        enable_progress_bar=False, enable_model_summary=False, log_every_n_steps=1, **options,
    )
    for call in calls:
        trace.append(f"== {call}")
        getattr(trainer, call)(model)
    return list(trace)


cases = {
    "fit two epochs with validation": {"model": "Model", "calls": ["fit"], "options": {"max_epochs": 2}},
    "accumulate and clip": {"model": "Model", "calls": ["fit"], "options": {"max_epochs": 1, "accumulate_grad_batches": 2, "gradient_clip_val": 0.5, "val_check_interval": 2}},
    "manual optimization": {"model": "ManualModel", "calls": ["fit"], "options": {"max_epochs": 1, "limit_val_batches": 0}},
    "two validation loaders": {"model": "TwoLoaders", "calls": ["fit"], "options": {"max_epochs": 1, "num_sanity_val_steps": 1}},
    "validate, test and predict": {"model": "Model", "calls": ["validate", "test", "predict"], "options": {}},
    "stop in the middle of an epoch": {"model": "Model", "calls": ["fit"], "options": {"max_steps": 2, "num_sanity_val_steps": 0}},
}
models = {"Model": Model, "ManualModel": ManualModel, "TwoLoaders": TwoLoaders}
recorded = {
    "lightning": lightning.__version__,
    "cases": [{"name": name, **case, "options": {camel(k): v for k, v in case["options"].items()}, "trace": run(models[case["model"]], case["calls"], **case["options"])} for name, case in cases.items()],
}
OUT.mkdir(parents=True, exist_ok=True)
(OUT / "hook-trace.json").write_text(json.dumps(recorded, indent=1) + "\n")
