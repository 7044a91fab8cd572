"""Records what Lightning's BackboneFinetuning does to a small model: rates at the start of each epoch, weights at the
end, and of one run its checkpoints before and after the backbone is trained.

Run: python tests/parity/record_finetuning.py
"""

import base64
import json
import logging
import tempfile
import warnings
from pathlib import Path

import lightning
import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import BackboneFinetuning
from recorded_numbers import numbers, number
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

OUT = Path(__file__).parents[2] / "packages/pytorch/src/callbacks/finetuning/fixtures/finetuning.json"
warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

generator = torch.Generator().manual_seed(3)
X = torch.randn(12, 3, generator=generator)
Y = torch.randn(12, 1, generator=generator)


class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        start = torch.Generator().manual_seed(5)
        self.backbone = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh())
        self.head = nn.Linear(4, 1)
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=start)
        self.rates = []

    def training_step(self, batch, batch_idx):
        if batch_idx == 0:
            self.rates.append([number(group["lr"], 9) for group in self.optimizers().param_groups])
        return nn.functional.mse_loss(self.head(self.backbone(batch[0])), batch[1])

    def configure_optimizers(self):
        trained = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return torch.optim.SGD(trained, lr=0.05, momentum=0.9)


def state(model):
    return {name: numbers(tensor.double()) for name, tensor in model.state_dict().items()}


class SaveAfter(pl.Callback):
    def __init__(self, epochs):
        self.epochs = epochs
        self.files = {}

    def on_train_epoch_end(self, trainer, pl_module):
        if trainer.current_epoch not in self.epochs:
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.ckpt"
            trainer.save_checkpoint(path)
            self.files[trainer.current_epoch] = base64.b64encode(path.read_bytes()).decode()


def run(name, options, saved_epochs=()):
    model = Model()
    start = state(model)
    saved = SaveAfter(saved_epochs)
    trainer = pl.Trainer(
        max_epochs=6,
        callbacks=[BackboneFinetuning(**options), saved],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, DataLoader(TensorDataset(X, Y), batch_size=4))
    return {"name": name, "start": start, "rates": model.rates, "end": state(model), "checkpoints": saved.files}


cases = [
    run("grows until the head's rate", {"unfreeze_backbone_at_epoch": 1, "backbone_initial_ratio_lr": 0.2}),
    run("a rate of its own", {"unfreeze_backbone_at_epoch": 2, "backbone_initial_lr": 0.001, "lambda_func": lambda epoch: 1.5}, (0, 3)),
    run("beyond the head's", {"unfreeze_backbone_at_epoch": 1, "backbone_initial_lr": 0.02, "should_align": False}),
    run("without batch norms", {"unfreeze_backbone_at_epoch": 2, "train_bn": False}),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(
    json.dumps({"lightning": lightning.__version__, "x": numbers(X, 9), "y": numbers(Y, 9), "cases": cases}) + "\n"
)
