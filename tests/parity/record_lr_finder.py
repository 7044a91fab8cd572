"""Records what Lightning's learning rate finder measures and suggests, for a small regression.

    python tests/parity/record_lr_finder.py
"""

import json
from pathlib import Path

import lightning as L
import torch
from lightning.pytorch.tuner import Tuner
from recorded_numbers import number

FOLDER = Path(__file__).parents[2] / "packages/pytorch/src/tuner/fixtures"


class Regression(L.LightningModule):
    def __init__(self, optimizer: str, lr: float):
        super().__init__()
        self.lr = lr
        self.kind = optimizer
        self.net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
        with torch.no_grad():
            for index, parameter in enumerate(self.parameters()):
                flat = torch.arange(parameter.numel(), dtype=torch.float64)
                parameter.copy_((0.6 * torch.sin(1.3 * flat + index)).float().reshape(parameter.shape))

    def training_step(self, batch, batch_idx):
        x, y = batch
        return torch.nn.functional.mse_loss(self.net(x), y)

    def configure_optimizers(self):
        kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        return kinds[self.kind](self.parameters(), lr=self.lr)


def rows():
    index = torch.arange(36, dtype=torch.float64)
    x = torch.sin(0.7 * index).float().reshape(12, 3)
    y = torch.cos(1.1 * torch.arange(12, dtype=torch.float64)).float().reshape(12, 1)
    return torch.utils.data.TensorDataset(x, y)


def run(optimizer: str, **options):
    trainer = L.Trainer(
        max_epochs=100,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
        accelerator="cpu",
    )
    module = Regression(optimizer, 0.05)
    loader = torch.utils.data.DataLoader(rows(), batch_size=4)
    finder = Tuner(trainer).lr_find(module, loader, **options)
    return {
        "lr": [number(lr) for lr in finder.results["lr"]],
        "loss": [number(loss) for loss in finder.results["loss"]],
        "suggestion": [finder.suggestion(), finder.suggestion(skip_begin=2, skip_end=5)],
        "attribute": module.lr,
    }


CASES = {
    "sgd": {"optimizer": "sgd", "num_training": 40},
    "sgd until it diverges": {"optimizer": "sgd", "num_training": 40, "max_lr": 1e5},
    "adam, linear": {"optimizer": "adam", "num_training": 30, "mode": "linear", "max_lr": 0.5, "min_lr": 1e-3},
    "without a threshold": {
        "optimizer": "sgd",
        "num_training": 25,
        "max_lr": 100.0,
        "early_stop_threshold": None,
        "update_attr": True,
    },
}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    recorded = {name: run(**options) for name, options in CASES.items()}
    (FOLDER / "lr-finder.json").write_text(json.dumps(recorded, indent=1) + "\n")
