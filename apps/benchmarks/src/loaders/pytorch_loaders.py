"""Times PyTorch's loaders on the same tasks as main.ts, and prints speeds by task.

usage: python pytorch_loaders.py
"""

import json
import time

import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset

torch.set_num_threads(1)


class BusyItems(Dataset):
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        end = time.perf_counter() + 0.002
        while time.perf_counter() < end:
            pass
        return torch.full((3 * 32 * 32,), float(index))


def speed(loader):
    for _ in loader:
        pass
    iterator = iter(loader)
    next(iterator)
    start, used = time.perf_counter(), time.process_time()
    count = sum(1 for _ in iterator)
    return {
        "perSecond": count / (time.perf_counter() - start),
        "perProcessorSecond": count / (time.process_time() - used),
    }


if __name__ == "__main__":
    result = {}
    for rows, width in ((500_000, 10), (60_000, 784)):
        table = TensorDataset(torch.rand(rows, width), torch.randint(0, 10, (rows,)))
        result[f"rows of {width}, 0 workers"] = speed(DataLoader(table, batch_size=64, shuffle=True))
    for workers in (0, 1, 2):
        busy = DataLoader(BusyItems(1600), batch_size=16, num_workers=workers)
        result[f"busy items, {workers} workers"] = speed(busy)
    print(json.dumps({"version": torch.__version__, "speeds": result}))
