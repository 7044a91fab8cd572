"""Writes tests/distributed/fixtures/pytorch-ddp.json: losses of PyTorch's DistributedDataParallel (gloo, two processes).

PyTorch's SyncBatchNorm refuses tensors of the CPU; its numbers are those of one process with the batches of all ranks.

Usage: python tests/parity/record_ddp.py
"""

import json
import os
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

from recorded_numbers import numbers, values

# Enough that a float32 comes back as it was.
DIGITS = 9
RANKS, BATCH, STEPS, FEATURES = 2, 4, 50, 6
FILE = Path(__file__).parent.parent / "distributed" / "fixtures" / "pytorch-ddp.json"


class Net(torch.nn.Module):
    def __init__(self, has_norm=False):
        super().__init__()
        self.first = torch.nn.Linear(FEATURES, 16)
        self.second = torch.nn.Linear(16, 1)
        self.norm = torch.nn.BatchNorm1d(16) if has_norm else torch.nn.Identity()

    def forward(self, x):
        return self.second(torch.tanh(self.norm(self.first(x))))


def make_data():
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(RANKS * BATCH * STEPS, FEATURES, generator=generator)
    return x, torch.tanh(x[:, :1] - 0.5 * x[:, 1:2] * x[:, 2:3])


def make_net(has_norm=False):
    torch.manual_seed(5)
    return Net(has_norm)


def make_optimizer(model, name):
    if name == "adam":
        return torch.optim.Adam(model.parameters(), lr=0.01)
    return torch.optim.SGD(model.parameters(), lr=0.05)


def train(rank, name, accumulate, clip, results):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29533")
    dist.init_process_group("gloo", rank=rank, world_size=RANKS)
    model = DistributedDataParallel(make_net())
    data = TensorDataset(*make_data())
    loader = DataLoader(data, batch_size=BATCH, sampler=DistributedSampler(data, shuffle=False))
    optimizer = make_optimizer(model, name)
    losses = []
    for index, (x, y) in enumerate(loader):
        def step():
            loss = torch.nn.functional.mse_loss(model(x), y)
            (loss / accumulate).backward()
            return loss.detach()

        if (index + 1) % accumulate != 0:
            with model.no_sync():
                loss = step()
        else:
            loss = step()
            if clip is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            optimizer.zero_grad()
        dist.all_reduce(loss)
        losses.append((loss / RANKS).item())
    if rank == 0:
        results["losses"] = losses
        results["weights"] = [value for p in model.module.parameters() for value in values(p, DIGITS)]
    dist.destroy_process_group()


def train_with_norm(name):
    model = make_net(has_norm=True)
    optimizer = make_optimizer(model, name)
    losses = []
    # Rank r of two has the rows r, r + 2, …; so the next rows of all are one batch.
    for x, y in DataLoader(TensorDataset(*make_data()), batch_size=RANKS * BATCH):
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    first, second, norm = model.first, model.second, model.norm
    in_order = [*first.parameters(), *norm.parameters(), *second.parameters(), *norm.buffers()]
    return {"optimizer": name, "losses": losses, "weights": [value for p in in_order for value in values(p, DIGITS)]}


def main():
    x, y = make_data()
    weights = {name: numbers(value, DIGITS) for name, value in make_net().state_dict().items()}
    cases = []
    with mp.Manager() as manager:
        for name, accumulate, clip in (("sgd", 1, None), ("adam", 1, None), ("sgd", 2, None), ("adam", 1, 0.1)):
            results = manager.dict()
            mp.spawn(train, args=(name, accumulate, clip, results), nprocs=RANKS)
            cases.append({"optimizer": name, "accumulate": accumulate, "clip": clip, **dict(results)})
    header = {"torch": torch.__version__, "batchSize": BATCH, "steps": STEPS}
    FILE.parent.mkdir(exist_ok=True)
    data = {"x": values(x, DIGITS), "y": values(y, DIGITS)}
    with_norm = [train_with_norm(name) for name in ("sgd", "adam")]
    FILE.write_text(json.dumps({**header, **data, "weights": weights, "cases": cases, "withNorm": with_norm}) + "\n")


if __name__ == "__main__":
    main()
