"""One Trainer.fit of a task with everything at its default: lightning_fit.py <task> <threads> <start file> <folder>.

Prints what own-fit.ts prints.
"""

import json
import pathlib
import resource
import sys
import time

try:
    import lightning
    import torch
    import torch.nn.functional as F
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset
except ImportError as error:
    print(json.dumps({"unavailable": f"{sys.executable} has no Lightning ({error})"}), flush=True)
    sys.exit(0)

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "peers"))
from mnist_net import MnistNet  # noqa: E402
from start_file import read_start  # noqa: E402

COMPARED_STEPS, WARM_UP_STEPS = 5, 10


def perceptron(*widths):
    layers = [nn.Linear(before, after) for before, after in zip(widths, widths[1:])]
    return nn.Sequential(*[part for layer in layers for part in (layer, nn.ReLU())][:-1])


TASKS = {
    "mlp": (lambda: perceptron(784, 256, 128, 10), 64, 10),
    "cnn": (lambda: MnistNet(dropouts=(0, 0)), 64, 1),
    "tabular": (lambda: perceptron(16, 128, 64, 2), 4096, 1),
}


class Classifier(lightning.LightningModule):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self.model(x), y)
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


def peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Stopwatch(lightning.Callback):
    def __init__(self):
        self.losses, self.second_step_at, self.steps, self.start, self.epoch_ends = [], None, 0, 0.0, []
        self.second_step_kib = None

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
        self.steps += 1
        if self.steps <= COMPARED_STEPS:
            self.losses.append(outputs["loss"].item())
        if self.steps == 2:
            self.second_step_at = time.time() * 1000
            self.second_step_kib = peak_kib()
        if self.steps == WARM_UP_STEPS:
            self.start = time.perf_counter()

    def on_train_epoch_end(self, trainer, module):
        self.epoch_ends.append(time.perf_counter() - self.start)


def main():
    task, threads, start_file, folder = sys.argv[1:]
    torch.set_num_threads(int(threads))
    create, batch_size, epochs = TASKS[task]
    model, inputs, targets = read_start(start_file, create())
    stopwatch = Stopwatch()
    trainer = lightning.Trainer(max_epochs=epochs, accelerator="cpu", default_root_dir=folder, callbacks=stopwatch)
    trainer.fit(Classifier(model), DataLoader(TensorDataset(inputs, targets), batch_size=batch_size))

    def samples_per_second(epoch):
        steps = stopwatch.steps * epoch // epochs - WARM_UP_STEPS
        return batch_size * steps / stopwatch.epoch_ends[epoch - 1]

    answer = {
        "description": f"Lightning {lightning.__version__}, PyTorch {torch.__version__}",
        "secondStepAt": stopwatch.second_step_at,
        "secondStepKiB": stopwatch.second_step_kib,
        "samplesPerSecond": samples_per_second(epochs),
        "firstEpochSamplesPerSecond": samples_per_second(1),
        "peakKiB": peak_kib(),
        "losses": stopwatch.losses,
    }
    print(json.dumps(answer), flush=True)


main()
