"""Records what torch's AveragedModel and update_bn make of a model that changes in given ways.

Run: python tests/parity/record_swa.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.optim import swa_utils

OUT = Path(__file__).parents[2] / "packages/core/src/optim/swa-utils/fixtures/swa.json"
rng = np.random.default_rng(4)
LOADER = [rng.normal(size=(5, 3)).astype(np.float32) * (i + 1) + i for i in range(4)]


def flat(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().numpy().ravel()]


def model():
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    torch.manual_seed(0)
    for parameter in net.parameters():
        nn.init.normal_(parameter)
    return net


def run(name, make):
    net = model()
    start = {key: {"shape": list(value.shape), "values": flat(value.double())} for key, value in net.state_dict().items()}
    averaged = make(net)
    for step, batch in enumerate(LOADER):
        net(torch.tensor(batch))  # moves the running statistics
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.mul_(1.25).add_(0.5 * step)
        averaged.update_parameters(net)
    after = {key: flat(value.double()) for key, value in averaged.state_dict().items()}
    swa_utils.update_bn([[torch.tensor(batch), "label"] for batch in LOADER], averaged)
    with_bn = {key: flat(value.double()) for key, value in averaged.state_dict().items()}
    output = flat(averaged.eval()(torch.tensor(LOADER[0])))
    return {"name": name, "start": start, "after": after, "withBn": with_bn, "output": output}


cases = [
    run("mean", swa_utils.AveragedModel),
    run("swaAvgFn", lambda net: swa_utils.AveragedModel(net, avg_fn=swa_utils.get_swa_avg_fn())),
    run("avgFn", lambda net: swa_utils.AveragedModel(net, avg_fn=swa_utils.get_ema_avg_fn(0.8))),
    run("ema", lambda net: swa_utils.AveragedModel(net, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))),
    run("buffers", lambda net: swa_utils.AveragedModel(net, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.7), use_buffers=True)),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "loader": [flat(torch.tensor(b)) for b in LOADER], "cases": cases}) + "\n")
