"""Records PyTorch's numbers for every layer and loss of core's nn: result, gradient of the input and of the parameters.

Usage: python tests/parity/record_layers.py
Writes packages/core/src/nn/fixtures/layers.json, which packages/core/src/nn/layers.parity.test.ts reads.
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from recorded_numbers import numbers

torch.manual_seed(7)


def record(name, module, x, train=True):
    module.train(train)
    for parameter in module.parameters():
        with torch.no_grad():
            parameter.normal_(0, 0.5)
    state = {key: numbers(value.float()) for key, value in module.state_dict().items()}
    differentiable = x.is_floating_point()
    x = x.clone().requires_grad_(differentiable)
    y = module(x)
    dy = torch.randn_like(y)
    y.backward(dy)
    return {
        "name": name,
        "training": train,
        "state": state,
        "x": {**numbers(x), "dtype": "float32" if differentiable else "int32"},
        "y": numbers(y),
        "dy": numbers(dy),
        "dx": numbers(x.grad) if differentiable else None,
        "gradients": {key: numbers(value.grad) for key, value in module.named_parameters() if value.grad is not None},
        "stateAfter": {key: numbers(value.float()) for key, value in module.named_buffers()},
    }


def image(*shape):
    return torch.randn(*shape)


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.inner = nn.MultiheadAttention(width, heads, batch_first=True)

    def forward(self, x):
        return self.inner(x, x, x, need_weights=False)[0]

    def state_dict(self, *args, **kwargs):
        return self.inner.state_dict(*args, **kwargs)

    def named_parameters(self, *args, **kwargs):
        return self.inner.named_parameters(*args, **kwargs)


def warmed(module, x):
    """A batch norm with running statistics that are not the initial ones."""
    module.train()
    module(x * 2 + 1)
    return module


LAYERS = [
    record("linear", nn.Linear(4, 3), image(5, 4)),
    record("linear without bias, three dimensions", nn.Linear(4, 3, bias=False), image(2, 3, 4)),
    record("linear and relu", nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2)), image(5, 4)),
    record("conv1d", nn.Conv1d(2, 4, 3, stride=2, padding=1), image(2, 2, 9)),
    record("conv1d dilated in groups", nn.Conv1d(4, 4, 3, dilation=2, groups=2), image(2, 4, 8)),
    record("conv2d", nn.Conv2d(2, 3, 3), image(2, 2, 6, 5)),
    record("conv2d with stride and padding", nn.Conv2d(2, 3, (3, 2), stride=(2, 3), padding=(1, 1)), image(2, 2, 7, 8)),
    record("conv2d dilated", nn.Conv2d(2, 2, 3, padding=2, dilation=2), image(1, 2, 6, 6)),
    record("conv2d in groups", nn.Conv2d(4, 6, 3, padding=1, groups=2), image(2, 4, 5, 5)),
    record("conv2d depthwise without bias", nn.Conv2d(3, 3, 3, padding=1, stride=2, groups=3, bias=False), image(2, 3, 6, 6)),
    record("conv2d same", nn.Conv2d(1, 2, 4, padding="same"), image(1, 1, 6, 5)),
    record("conv3d", nn.Conv3d(1, 2, 2, stride=(1, 2, 1), padding=1), image(1, 1, 4, 4, 3)),
    record("convTranspose2d", nn.ConvTranspose2d(2, 3, 3), image(2, 2, 4, 4)),
    record("convTranspose2d with stride", nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1, groups=2), image(1, 4, 3, 4)),
    record("convTranspose2d with output padding", nn.ConvTranspose2d(2, 2, 3, stride=2, padding=1, output_padding=1, dilation=1, bias=False), image(1, 2, 3, 3)),
    record("maxPool1d", nn.MaxPool1d(2), image(2, 2, 7)),
    record("maxPool2d", nn.MaxPool2d(2), image(2, 2, 6, 6)),
    record("maxPool2d overlapping", nn.MaxPool2d(3, stride=2, padding=1), image(2, 2, 6, 7)),
    record("maxPool2d dilated", nn.MaxPool2d(2, stride=1, dilation=2), image(1, 2, 5, 5)),
    record("avgPool2d", nn.AvgPool2d(2), image(2, 2, 6, 6)),
    record("avgPool2d with padding", nn.AvgPool2d(3, stride=2, padding=1), image(1, 2, 5, 5)),
    record("avgPool2d without padding counted", nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), image(1, 2, 5, 5)),
    record("adaptiveAvgPool2d to 1", nn.AdaptiveAvgPool2d(1), image(2, 3, 5, 4)),
    record("adaptiveAvgPool2d uneven", nn.AdaptiveAvgPool2d((3, 2)), image(1, 2, 7, 5)),
    record("flatten", nn.Flatten(), image(2, 3, 2, 2)),
    record("relu", nn.ReLU(), image(3, 4)),
    record("leakyRelu", nn.LeakyReLU(0.2), image(3, 4)),
    record("gelu", nn.GELU(), image(3, 4) * 2),
    record("gelu tanh", nn.GELU(approximate="tanh"), image(3, 4) * 2),
    record("tanh", nn.Tanh(), image(3, 4)),
    record("sigmoid", nn.Sigmoid(), image(3, 4)),
    record("silu", nn.SiLU(), image(3, 4)),
    record("softmax", nn.Softmax(dim=-1), image(3, 4)),
    record("softmax over channels", nn.Softmax(dim=1), image(2, 3, 4)),
    record("logSoftmax", nn.LogSoftmax(dim=-1), image(3, 4)),
    record("batchNorm1d", nn.BatchNorm1d(3), image(6, 3)),
    record("batchNorm1d with length", nn.BatchNorm1d(2, eps=1e-3, momentum=0.3), image(3, 2, 5)),
    record("batchNorm1d in evaluation", warmed(nn.BatchNorm1d(3), image(6, 3)), image(4, 3), train=False),
    record("batchNorm2d", nn.BatchNorm2d(2), image(3, 2, 4, 4)),
    record("batchNorm2d without affine", nn.BatchNorm2d(2, affine=False), image(3, 2, 2, 2)),
    record("batchNorm2d cumulative", warmed(nn.BatchNorm2d(2, momentum=None), image(3, 2, 2, 2)), image(3, 2, 2, 2)),
    record("batchNorm2d in evaluation", warmed(nn.BatchNorm2d(2), image(3, 2, 2, 2)), image(2, 2, 3, 3), train=False),
    record("layerNorm", nn.LayerNorm(5), image(3, 5)),
    record("layerNorm over two dimensions", nn.LayerNorm([3, 4], eps=1e-3), image(2, 3, 4)),
    record("layerNorm without affine", nn.LayerNorm(4, elementwise_affine=False), image(2, 3, 4)),
    record("embedding", nn.Embedding(6, 3), torch.tensor([[1, 5, 1], [0, 2, 2]])),
    record("embedding with padding", nn.Embedding(5, 2, padding_idx=1), torch.tensor([1, 4, 1, 0])),
    record("convTranspose1d", nn.ConvTranspose1d(2, 3, 3, stride=2), image(2, 2, 4)),
    record("convTranspose3d", nn.ConvTranspose3d(1, 2, 2, stride=2), image(1, 1, 2, 3, 2)),
    record("maxPool3d", nn.MaxPool3d(2), image(1, 2, 4, 4, 2)),
    record("avgPool1d", nn.AvgPool1d(3, stride=2), image(2, 2, 7)),
    record("avgPool3d", nn.AvgPool3d(2, stride=1), image(1, 1, 3, 2, 3)),
    record("batchNorm3d", nn.BatchNorm3d(2), image(2, 2, 2, 1, 3)),
    record("groupNorm", nn.GroupNorm(2, 4), image(2, 4, 3)),
    record("elu", nn.ELU(), image(3, 4)),
    record("softplus", nn.Softplus(), image(3, 4)),
    record("multiheadAttention", SelfAttention(8, 2), image(2, 5, 8)),
]


def loss(name, function, input, target, **options):
    input = input.clone().requires_grad_(True)
    value = function(input, target, **options)
    dy = torch.randn_like(value)
    value.backward(dy)
    kept = {key: numbers(option) if isinstance(option, torch.Tensor) else option for key, option in options.items()}
    is_int = not target.is_floating_point()
    return {
        "name": name,
        "input": numbers(input),
        "target": {**numbers(target), "dtype": "int32" if is_int else "float32"},
        "options": kept,
        "loss": numbers(value),
        "dy": numbers(dy),
        "dinput": numbers(input.grad),
    }


labels = torch.tensor([0, 3, 2, 1, 3])
weight = torch.tensor([0.5, 1.0, 2.0, 0.25])
LOSSES = [
    loss("crossEntropy", F.cross_entropy, image(5, 4) * 3, labels),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, reduction="sum"),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, reduction="none"),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, ignore_index=3),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, label_smoothing=0.1),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, label_smoothing=0.2, ignore_index=3, reduction="sum"),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, weight=weight),
    loss("crossEntropy", F.cross_entropy, image(5, 4), labels, weight=weight, label_smoothing=0.1, ignore_index=0),
    loss("crossEntropy", F.cross_entropy, image(2, 4, 3), torch.tensor([[0, 1, 3], [2, 2, 1]])),
    loss("crossEntropy", F.cross_entropy, image(3, 4), torch.softmax(image(3, 4), 1)),
    loss("nllLoss", F.nll_loss, torch.log_softmax(image(5, 4), 1), labels),
    loss("nllLoss", F.nll_loss, torch.log_softmax(image(5, 4), 1), labels, weight=weight, ignore_index=1),
    loss("mseLoss", F.mse_loss, image(3, 4), image(3, 4)),
    loss("mseLoss", F.mse_loss, image(3, 4), image(3, 4), reduction="none"),
    loss("l1Loss", F.l1_loss, image(3, 4), image(3, 4), reduction="sum"),
    loss("smoothL1Loss", F.smooth_l1_loss, image(3, 4) * 2, image(3, 4), beta=0.5),
    loss("binaryCrossEntropy", F.binary_cross_entropy, torch.rand(3, 4), torch.rand(3, 4)),
    loss("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, image(3, 4) * 4, torch.rand(3, 4)),
    loss("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, image(3, 4), torch.rand(3, 4).round(), pos_weight=weight),
]


def attention(causal):
    q, k, v = (image(2, 2, 3, 4).requires_grad_(True) for _ in range(3))
    y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    dy = torch.randn_like(y)
    y.backward(dy)
    return {"causal": causal, "q": numbers(q), "k": numbers(k), "v": numbers(v), "y": numbers(y), "dy": numbers(dy), "dq": numbers(q.grad), "dk": numbers(k.grad), "dv": numbers(v.grad)}


def clipping(norm_type, max_norm):
    parameters = [nn.Parameter(image(3)), nn.Parameter(image(2, 2))]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    before = [numbers(parameter.grad) for parameter in parameters]
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm, norm_type=norm_type)
    return {"normType": "Infinity" if norm_type == float("inf") else norm_type, "maxNorm": max_norm, "before": before, "norm": numbers(norm), "after": [numbers(parameter.grad) for parameter in parameters]}


fixture = {
    "torch": torch.__version__,
    "layers": LAYERS,
    "losses": LOSSES,
    "attention": [attention(False), attention(True)],
    "clipping": [clipping(2, 1.0), clipping(2, 100.0), clipping(1, 0.5), clipping(float("inf"), 0.3), clipping(3, 1.0)],
}
target = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/layers.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(f"{target}: {len(LAYERS)} layers, {len(LOSSES)} losses, {target.stat().st_size} bytes")
