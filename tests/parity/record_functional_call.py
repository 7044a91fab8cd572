"""Writes packages/core/src/nn/fixtures/functional-call.json: what torch.func.functional_call gives, with gradients.

Usage: python tests/parity/record_functional_call.py
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.func import functional_call

from recorded_numbers import numbers

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/functional-call.json"
torch.manual_seed(14)


def state(tensors):
    return {name: numbers(tensor) for name, tensor in tensors.items()}


def called(name, module, *inputs, training=True, buffers=False):
    """Other parameters in the place of all, and the gradients of a sum of squares in them and in the inputs."""
    module.train(training)
    own = state(module.state_dict())
    given = {key: torch.randn_like(p).requires_grad_() for key, p in module.named_parameters()}
    if buffers:
        given |= {key: torch.rand_like(b) for key, b in module.named_buffers() if b.is_floating_point()}
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    output = functional_call(module, given, tuple(inputs))
    output = output[0] if isinstance(output, tuple) else output
    wanted = {key: tensor for key, tensor in given.items() if tensor.requires_grad}
    gradients = torch.autograd.grad((output**2).sum(), list(wanted.values()))
    return {"module": name, "training": training, "state": own, "given": state(given), "inputs": [numbers(x) for x in inputs], "output": numbers(output), "gradients": state(dict(zip(wanted, gradients)))}


def adapted():
    """MAML: the gradient of a loss after a step, through the step."""
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x, y, u, v = torch.randn(5, 3), torch.randn(5, 2), torch.randn(4, 3), torch.randn(4, 2)
    fast = dict(net.named_parameters())
    losses = []
    for _ in range(2):
        loss = nn.functional.mse_loss(functional_call(net, fast, x), y)
        losses.append(loss.item())
        slopes = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
        fast = {name: w - 0.4 * g for (name, w), g in zip(fast.items(), slopes)}
    meta = nn.functional.mse_loss(functional_call(net, fast, (u,)), v)
    meta.backward()
    return {"state": state(net.state_dict()), "data": [numbers(t) for t in (x, y, u, v)], "losses": losses, "meta": meta.item(), "gradients": state({name: p.grad for name, p in net.named_parameters()})}


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(torch.tanh(self.first(x)))


def tied():
    net, x, weight = Tied(), torch.randn(2, 3), torch.randn(3, 3)
    ways = {"tied": {}, "apart": {"tie_weights": False}}
    return {"state": state(net.state_dict()), "x": numbers(x), "weight": numbers(weight), **{way: numbers(functional_call(net, {"first.weight": weight}, x, **options)) for way, options in ways.items()}}


cases = [
    called("linear", nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), torch.randn(5, 3)),
    called("convolution", nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.LayerNorm(48)), torch.randn(2, 2, 6, 6)),
    called("convolution", nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.LayerNorm(48)), torch.randn(2, 2, 6, 6), training=False, buffers=True),
    called("gru", nn.GRU(3, 4, 2, bidirectional=True), torch.randn(5, 2, 3)),
    called("attention", nn.MultiheadAttention(4, 2), torch.randn(3, 2, 4), torch.randn(5, 2, 4), torch.randn(5, 2, 4)),
]
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases, "adapted": adapted(), "tied": tied()}, separators=(",", ":")) + "\n")
print(f"{OUT.name}: {len(cases) + 2} cases, {OUT.stat().st_size} bytes")
