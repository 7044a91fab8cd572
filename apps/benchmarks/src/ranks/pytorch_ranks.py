"""Trains the network of train.ts with PyTorch's DDP (gloo) on as many processes as are named, with one thread each, and
prints how many examples a second all take.

usage: python pytorch_ranks.py <processes>
"""

import json
import os
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

BATCH, WARM_STEPS, STEPS = 128, 500, 500


def train(rank, processes, results):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 10))
    if processes > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29531")
        dist.init_process_group("gloo", rank=rank, world_size=processes)
        net = nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    x = torch.randn(BATCH, 784)
    y = torch.arange(BATCH) % 10
    for step in range(WARM_STEPS + STEPS):
        if step == WARM_STEPS:
            begin = time.perf_counter()
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    if rank == 0:
        results.put(STEPS * BATCH * processes / (time.perf_counter() - begin))
    if processes > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    count = int(sys.argv[1])
    queue = mp.get_context("spawn").SimpleQueue()
    mp.spawn(train, args=(count, queue), nprocs=count)
    print(json.dumps({"perSecond": queue.get()}))
