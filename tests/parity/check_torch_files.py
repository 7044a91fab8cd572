"""Checks files that `write_torch_files.ts` has written: torch.load(weights_only=True) reads them, and Python's Lightning
goes on from the checkpoints with the losses of the run that wrote them.

Run: npx tsx --conditions=lightning-ts-source tests/parity/write_torch_files.ts && python tests/parity/check_torch_files.py
"""

import json
import math
import warnings
from collections import OrderedDict
from pathlib import Path

import torch
from lightning_mlp import BATCHES, LitMLP, data, pl, trainer

FILES = Path("/tmp/torch-files")
warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def load(name):
    return torch.load(FILES / name, weights_only=True)


values = load("values.pt")
assert values["integers"] == [0, -1, 2**31, 2**70]
assert values["floats"] == [0.5, 0.0, math.inf] and math.copysign(1, values["floats"][1]) == -1
assert values["text"] == "Grüße 🌍" and values["none"] is None and values["bytes"] == b"\x00\xff"
assert values["tuple"] == (1, "a") and values["size"] == torch.Size([2, 3]) and values["set"] == {1}
assert values["numbered"] == {0: "zero"} and isinstance(values["ordered"], OrderedDict)
assert values["dtype"] is torch.float16 and values["device"] == torch.device("cuda:1")
assert values["float32"].tolist() == [[1, 2], [3, 4]] and values["int64"].tolist() == [-(2**40)]
assert values["uint16"].tolist() == [65535] and values["bool"].tolist() == [False, True]
assert values["bfloat16"].dtype is torch.bfloat16 and values["bfloat16"].tolist() == [1]
assert torch.load(FILES / "values.pt", weights_only=True, mmap=True)["float32"].tolist() == [[1, 2], [3, 4]]


def same(a, b):
    if isinstance(a, torch.Tensor):
        raw = lambda tensor: tensor.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
        return a.dtype == b.dtype and a.shape == b.shape and raw(a) == raw(b)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b


before, after = load("everything.pt"), load("everything-again.pt")
assert same(before, after)
assert after["views"]["whole"].untyped_storage().data_ptr() == after["views"]["transposed"].untyped_storage().data_ptr()


class Batches:
    """Goes on in the middle of an epoch, which a DataLoader of PyTorch does not."""

    def __init__(self, start):
        self.batches = list(data())
        self.start = start

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        # Lightning may begin to iterate more than once before it takes the first epoch's batches.
        for batch in self.batches[self.start :]:
            if batch is self.batches[-1]:
                self.start = 0
            yield batch

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


worst = 0.0
runs = json.loads((FILES / "runs.json").read_text())
for run in runs:
    checkpoint = FILES / run["file"]
    model = LitMLP.load_from_checkpoint(checkpoint, weights_only=True)
    assert dict(model.hparams) == {"hidden_dim": 8, "learning_rate": 0.05}
    goes_on = trainer(10, enable_checkpointing=False)
    goes_on.fit(model, Batches(run["steps"] % BATCHES), ckpt_path=str(checkpoint), weights_only=True)
    assert goes_on.global_step == 10 * BATCHES, goes_on.global_step
    worst = max(worst, *(abs(a - b) for a, b in zip(run["losses"], model.losses[:20], strict=True)))
assert worst < 1e-4, worst
print(f"torch {torch.__version__}, lightning {pl.__version__}: files read; {len(runs)} runs went on, losses differ by at most {worst:.1e}")
