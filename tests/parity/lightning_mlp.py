"""A small run of Python's Lightning, for files that are read and continued in TypeScript, and the other way.

Importable with Lightning 1.9 (pytorch_lightning) and 2.x (lightning).
"""

import torch

try:
    import lightning.pytorch as pl
except ImportError:
    import pytorch_lightning as pl

BATCHES, BATCH = 6, 4


def data():
    """Whole numbers over 8, so that both sides have the very same values."""
    count = BATCHES * BATCH
    x = torch.tensor([[((7 * row + 3 * column) % 17 - 8) / 8 for column in range(3)] for row in range(count)])
    y = torch.tensor([[((5 * row) % 13 - 6) / 8] for row in range(count)])
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=BATCH)


class LitMLP(pl.LightningModule):
    def __init__(self, hidden_dim=8, learning_rate=0.05):
        super().__init__()
        self.save_hyperparameters()
        self.net = torch.nn.Sequential(torch.nn.Linear(3, hidden_dim), torch.nn.Tanh(), torch.nn.Linear(hidden_dim, 1))
        self.losses = []

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = torch.nn.functional.mse_loss(self.net(x), y)
        self.losses.append(loss.item())
        return loss

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=self.hparams.learning_rate, weight_decay=0.01)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)]


def trainer(max_epochs, callbacks=(), folder="/tmp/lightning-mlp", **options):
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "num_sanity_val_steps": 0}
    return pl.Trainer(max_epochs=max_epochs, accelerator="cpu", callbacks=list(callbacks), default_root_dir=folder, **quiet, **options)
