"""Records in which batch Lightning's SpikeDetection stops, for given losses.

Run: python tests/parity/record_spikes.py
"""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import lightning
import torch
from lightning.fabric.utilities.spike import SpikeDetection, TrainingSpikeException
from recorded_numbers import number

OUT = Path(__file__).parents[2] / "packages/pytorch/src/callbacks/spikes/fixtures/spikes.json"
strategy = SimpleNamespace(
    root_device=torch.device("cpu"), barrier=lambda: None, reduce_boolean_decision=lambda decision, all=True: decision
)
FABRIC = SimpleNamespace(strategy=strategy, global_rank=0)
nan, inf = float("nan"), float("inf")
FALLING = [1.0, 0.9, 0.8, 0.85, 0.7]


def run(losses, **options):
    with tempfile.TemporaryDirectory() as folder:
        detection = SpikeDetection(exclude_batches_path=folder, **options)
        spike = None
        for batch, loss in enumerate(losses):
            try:
                detection.on_train_batch_end(FABRIC, torch.tensor(loss), None, batch)
            except TrainingSpikeException:
                spike = batch
                break
    kept = {("rtol" if key == "rtol" else key): value for key, value in options.items()}
    return {"losses": [number(loss) for loss in losses], "options": kept, "spike": spike, "bad": detection.bad_batches}


cases = [
    run(FALLING + [0.75, 3.0]),
    run(FALLING + [2.0]),
    run(FALLING + [2.6, 0.1]),
    run(FALLING + [nan, 0.5]),
    run(FALLING + [inf]),
    run(FALLING + [nan, 0.5, 4.0], finite_only=False),
    run(FALLING + [-inf]),
    run(FALLING + [1.2], atol=0.3, rtol=None),
    run(FALLING + [1.2], atol=0.4, rtol=None),
    run(FALLING + [1.2], atol=0.1, rtol=0.3),
    run(FALLING + [1.2], rtol=None),
    run([5.0, 50.0], warmup=2),
    run([5.0, 50.0, 500.0], warmup=2),
    run([5.0, 50.0], warmup=0),
    run([10.0, 1.0, 1.0, 1.0, 4.0], window=2),
    run([10.0, 1.0, 1.0, 1.0, 4.0], window=4),
    run([1.0, 1.1, 1.2, -3.0], mode="max"),
    run([1.0, 1.1, 1.2, 1.0, 9.0], mode="max"),
    run([-1.0, -1.1, -1.2, 3.0]),
    run([nan, 1.0], warmup=0),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"lightning": lightning.__version__, "cases": cases}) + "\n")
