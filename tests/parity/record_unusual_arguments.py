"""Records PyTorch's numbers where arguments are legal but unusual: inputs without a batch, vectors, integer steps of all kinds,
broadcast heads, every norm of clip_grad_norm_, gradients that overflow in Adam, and dilated convolutions in tfjs' layout.

Usage: python tests/parity/record_unusual_arguments.py
Writes packages/core/src/nn/fixtures/unusual-arguments.json and packages/core/src/kernels/fixtures/tfjs-gradients.json.
"""

import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import recorded_numbers
from recorded_numbers import camel

torch.manual_seed(11)


def number(value):
    return recorded_numbers.number(value, digits=8)


def numbers(tensor):
    return recorded_numbers.numbers(tensor, digits=8)


def record(layer, args, options, *shape):
    module = getattr(nn, layer)(*args, **options)
    for parameter in module.parameters():
        with torch.no_grad():
            parameter.normal_(0, 0.5)
    state = {key: numbers(value.float()) for key, value in module.state_dict().items()}
    x = torch.randn(*shape, requires_grad=True)
    y = module(x)
    dy = torch.randn_like(y)
    y.backward(dy)
    return {
        "layer": layer,
        "args": args,
        "options": {camel(key): value for key, value in options.items()},
        "state": state,
        "x": numbers(x),
        "y": numbers(y),
        "dy": numbers(dy),
        "dx": numbers(x.grad),
        "gradients": {key: numbers(value.grad) for key, value in module.named_parameters()},
    }


LAYERS = [
    record("Linear", [4, 3], {}, 4),
    record("Linear", [4, 3], {"bias": False}, 4),
    record("Linear", [4, 3], {}, 0, 4),
    record("LayerNorm", [5], {}, 5),
    record("GroupNorm", [2, 4], {}, 3, 4),
    record("GroupNorm", [2, 4], {"affine": False}, 1, 4, 2, 2, 2),
    record("Conv1d", [2, 3, 3], {}, 2, 6),
    record("Conv1d", [2, 3, 4], {"padding": "same", "dilation": 3}, 2, 9),
    record("Conv2d", [2, 3, 3], {"padding": 1}, 2, 5, 4),
    record("Conv2d", [4, 6, 3], {"padding": 2, "dilation": 2, "stride": 2, "groups": 2}, 2, 4, 6, 7),
    record("Conv2d", [1, 2, 1], {"stride": 3}, 2, 1, 7, 6),
    record("Conv2d", [2, 2, 3], {"padding": 5}, 1, 2, 2, 2),
    record("Conv2d", [2, 3, 3], {}, 0, 2, 5, 5),
    record("Conv3d", [2, 3, 2], {}, 2, 3, 4, 3),
    record("Conv3d", [2, 2, 2], {"dilation": 2, "stride": 2, "padding": 1}, 1, 2, 5, 5, 4),
    record("ConvTranspose1d", [2, 3, 3], {"stride": 2}, 2, 5),
    record("ConvTranspose1d", [2, 2, 3], {"dilation": 3, "output_padding": 2}, 1, 2, 4),
    record("ConvTranspose1d", [2, 2, 3], {"stride": 3, "output_padding": 2, "padding": 1}, 2, 2, 4),
    record("ConvTranspose2d", [2, 3, 3], {}, 2, 4, 4),
    record("ConvTranspose2d", [2, 2, 3], {"stride": 2, "padding": 1, "output_padding": 1, "dilation": 2}, 1, 2, 4, 3),
    record("ConvTranspose2d", [4, 4, 3], {"stride": 1, "dilation": 2, "output_padding": 1, "groups": 2}, 1, 4, 3, 3),
    record("ConvTranspose2d", [2, 2, 2], {"stride": 3, "output_padding": 2}, 1, 2, 3, 3),
    record("ConvTranspose3d", [1, 2, 2], {"stride": 2, "output_padding": 1, "dilation": 2}, 1, 1, 3, 2, 2),
    record("ConvTranspose1d", [3, 3, 3], {"stride": 2, "padding": 1, "dilation": 3, "groups": 3, "output_padding": 2}, 3, 9),
    record("ConvTranspose1d", [1, 2, 1], {"stride": 2, "padding": 1, "dilation": 3, "output_padding": 2, "bias": False}, 1, 1),
    record("ConvTranspose2d", [2, 1, 3], {"stride": [2, 1], "padding": 2, "dilation": 2, "output_padding": 1}, 2, 2, 4, 5),
    record("ConvTranspose3d", [2, 2, 2], {"stride": [2, 3, 1], "padding": 1, "dilation": [2, 2, 3], "groups": 2, "output_padding": [1, 0, 1]}, 2, 2, 5, 3),
    record("MaxPool1d", [2], {}, 2, 6),
    record("MaxPool2d", [2], {"stride": 3}, 2, 7, 6),
    record("MaxPool2d", [3], {"padding": 1, "dilation": 2, "stride": 2}, 1, 2, 7, 7),
    record("MaxPool3d", [2], {}, 2, 4, 4, 4),
    record("AvgPool1d", [3], {"padding": 1}, 2, 7),
    record("AvgPool2d", [1], {"stride": 3}, 1, 2, 7, 7),
    record("AvgPool2d", [2], {}, 2, 4, 6),
    record("AvgPool3d", [2], {}, 2, 4, 4, 4),
    record("AdaptiveAvgPool2d", [[3, 2]], {}, 2, 7, 6),
    record("AdaptiveAvgPool2d", [1], {}, 2, 5, 6),
    record("Softmax", [], {"dim": 0}, 4),
    record("Softmax", [-2], {}, 2, 3, 4),
    record("LogSoftmax", [1], {}, 2, 3, 4),
]


def attention(q, k, v, **options):
    tensors = [torch.randn(*shape, requires_grad=True) for shape in (q, k, v)]
    y = F.scaled_dot_product_attention(*tensors, **options)
    dy = torch.randn_like(y)
    gradients = torch.autograd.grad(y, tensors, dy)
    mask = options.get("attn_mask")
    return {
        "inputs": [numbers(tensor) for tensor in tensors],
        "isCausal": options.get("is_causal", False),
        "mask": None if mask is None else numbers(mask),
        "y": numbers(y),
        "dy": numbers(dy),
        "gradients": [numbers(gradient) for gradient in gradients],
    }


ATTENTION = [
    attention([2, 4, 3, 5], [2, 1, 6, 5], [2, 1, 6, 4]),
    attention([2, 4, 3, 5], [2, 1, 3, 5], [2, 1, 3, 4], is_causal=True),
    attention([2, 4, 3, 5], [2, 1, 6, 5], [2, 1, 6, 4], attn_mask=torch.randn(3, 6)),
    attention([1, 4, 3, 5], [2, 4, 3, 5], [2, 4, 3, 4]),
    attention([2, 3, 5], [2, 6, 5], [2, 6, 4]),
    attention([3, 5], [6, 5], [6, 4]),
]


def multihead(shape):
    module = nn.MultiheadAttention(4, 2, batch_first=True)
    x = torch.randn(*shape, requires_grad=True)
    y = module(x, x, x, need_weights=False)[0]
    dy = torch.randn_like(y)
    y.backward(dy)
    return {"state": {key: numbers(value) for key, value in module.state_dict().items()}, "x": numbers(x), "y": numbers(y), "dy": numbers(dy), "dx": numbers(x.grad)}


def embedding(padding):
    weight = torch.randn(5, 2, requires_grad=True)
    indices = torch.tensor([[4, 1, 4], [0, 3, 2]])
    y = F.embedding(indices, weight, padding_idx=padding)
    dy = torch.randn_like(y)
    y.backward(dy)
    return {"padding": padding, "weight": numbers(weight), "indices": numbers(indices), "y": numbers(y), "dy": numbers(dy), "gradient": numbers(weight.grad)}


GRADIENTS = {
    "plain": [[3.0, 0.0, -4.0], [0.5, 2.0]],
    "all zero in one": [[0.0, 0.0, 0.0], [0.5, 2.0]],
    "small": [[1e-3, 2e-4, -3e-4], [1e-5, 0.0]],
    "NaN": [[3.0, float("nan"), -4.0], [0.5, 2.0]],
    "Infinity": [[3.0, float("inf"), -4.0], [0.5, 2.0]],
    "-Infinity": [[3.0, float("-inf"), -4.0], [0.5, 2.0]],
}


def clipping(name, norm_type, max_norm):
    parameters = parameters_with(name)
    before = [numbers(parameter.grad) for parameter in parameters]
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm, norm_type)
    raises = False
    try:
        torch.nn.utils.clip_grad_norm_(parameters_with(name), max_norm, norm_type, error_if_nonfinite=True)
    except RuntimeError:
        raises = True
    return {
        "name": name,
        "normType": number(norm_type),
        "maxNorm": max_norm,
        "before": before,
        "norm": numbers(norm),
        "after": [numbers(parameter.grad) for parameter in parameters],
        "raises": raises,
    }


def parameters_with(name):
    parameters = [torch.zeros(len(values), requires_grad=True) for values in GRADIENTS[name]]
    for parameter, values in zip(parameters, GRADIENTS[name]):
        parameter.grad = torch.tensor(values)
    return parameters


NORMS = [0.0, 0.5, 1.0, 2.0, 3.5, math.inf, -1.0, -2.0, -math.inf, math.nan]
CLIPPING = [clipping(name, norm, 1.0) for name in GRADIENTS for norm in NORMS]


def adam(first, options):
    """Two steps: `first`, then ones."""
    parameter = torch.tensor([1.0, 2.0, 3.0, 4.0, -5.0], requires_grad=True)
    optimizer = torch.optim.Adam([parameter], lr=0.1, foreach=False, fused=False, **options)
    steps = []
    for gradient in (torch.tensor(first), torch.ones(5)):
        parameter.grad = gradient
        optimizer.step()
        state = optimizer.state[parameter]
        steps.append({"parameter": numbers(parameter), "expAvg": numbers(state["exp_avg"]), "expAvgSq": numbers(state["exp_avg_sq"])})
    return {"gradient": numbers(torch.tensor(first)), "options": {camel(key): value for key, value in options.items()}, "steps": steps}


HUGE = [1e20, -1e20, 1.0, 3e19, 1e18]
ADAM = [
    adam(HUGE, {}),
    adam(HUGE, {"amsgrad": True}),
    adam(HUGE, {"weight_decay": 0.1}),
    adam([1e30, -1e38, 2e21, 1e-30, 1e-22], {}),
    adam([math.inf, -math.inf, math.nan, 0.0, 1.0], {}),
]


def convolution(kind, x_shape, filter_shape, padding, dilation, groups=1):
    """x [N, C, ...], filter [Co, Ci, ...] in PyTorch's layout; written down in tfjs': [N, ..., C] and [..., Ci, Co]."""
    x = torch.randn(*x_shape, requires_grad=True)
    weight = torch.randn(*filter_shape, requires_grad=True)
    rank = len(x_shape) - 2
    operation = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
    y = operation(x, weight, padding=padding, dilation=dilation, groups=groups)
    dy = torch.randn_like(y)
    dx, dweight = torch.autograd.grad(y, [x, weight], dy)
    last = lambda image: image.movedim(1, -1)
    if groups == 1:
        filters = lambda w: w.movedim((0, 1), (-1, -2))
    else:  # depthwise: [C · times, 1, ...] -> [..., C, times]
        filters = lambda w: w.reshape(groups, -1, *w.shape[2:]).movedim((0, 1), (-2, -1))
    return {
        "kind": kind,
        "padding": padding,
        "dilation": dilation,
        "x": numbers(last(x)),
        "filter": numbers(filters(weight)),
        "y": numbers(last(y)),
        "dy": numbers(last(dy)),
        "dx": numbers(last(dx)),
        "dfilter": numbers(filters(dweight)),
    }


CONVOLUTIONS = [
    convolution("conv1d", [2, 2, 9], [3, 2, 3], "valid", 2),
    convolution("conv1d", [1, 2, 7], [3, 2, 2], "same", 3),
    convolution("conv2d", [2, 2, 7, 6], [3, 2, 3, 2], "valid", 2),
    convolution("conv2d", [1, 2, 6, 7], [3, 2, 3, 3], "same", [2, 3]),
    convolution("conv2d", [1, 2, 6, 7], [2, 2, 2, 2], 2, 2),
    convolution("conv3d", [1, 2, 5, 4, 5], [2, 2, 2, 2, 2], "same", 2),
    convolution("conv3d", [1, 1, 5, 5, 5], [2, 1, 2, 2, 2], "valid", 3),
    convolution("depthwiseConv2d", [2, 3, 7, 6], [6, 1, 3, 3], "same", 2, groups=3),
    convolution("depthwiseConv2d", [1, 2, 7, 7], [2, 1, 2, 3], "valid", [3, 2], groups=2),
]


def product(a_shape, b_shape, transpose_a=False, transpose_b=False):
    a, b = torch.randn(*a_shape, requires_grad=True), torch.randn(*b_shape, requires_grad=True)
    y = torch.matmul(a.mT if transpose_a else a, b.mT if transpose_b else b)
    dy = torch.randn_like(y)
    da, db = torch.autograd.grad(y, [a, b], dy)
    return {"transpose": [transpose_a, transpose_b], "a": numbers(a), "b": numbers(b), "y": numbers(y), "dy": numbers(dy), "da": numbers(da), "db": numbers(db)}


PRODUCTS = [
    product([4, 2, 3], [1, 3, 2]),
    product([4, 2, 3], [3, 2]),
    product([2, 3], [4, 3, 2]),
    product([1, 2, 3], [4, 2, 3], transpose_b=True),
    product([3, 2], [4, 3, 2], transpose_a=True),
    product([4, 3, 2], [1, 4, 3], True, True),
    product([2, 4, 2, 3], [1, 1, 3, 2]),
]


def transposed(x_shape, filter_shape, stride):
    """conv3dTranspose of tfjs with filter [d, h, w, out, in]."""
    x, weight = torch.randn(*x_shape, requires_grad=True), torch.randn(*filter_shape, requires_grad=True)
    y = F.conv_transpose3d(x, weight, stride=stride)
    dy = torch.randn_like(y)
    dx, dweight = torch.autograd.grad(y, [x, weight], dy)
    last = lambda image: image.movedim(1, -1)
    filters = lambda w: w.movedim((0, 1), (-1, -2))
    return {"stride": stride, "x": numbers(last(x)), "filter": numbers(filters(weight)), "y": numbers(last(y)), "dy": numbers(last(dy)), "dx": numbers(last(dx)), "dfilter": numbers(filters(dweight))}


TRANSPOSED = [transposed([1, 2, 2, 3, 2], [2, 3, 2, 2, 2], 2), transposed([2, 1, 2, 2, 2], [1, 2, 3, 2, 1], 1)]

packages = Path(__file__).parents[2] / "packages/core/src"


def write(path, content):
    target = packages / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"torch": torch.__version__, **content}, separators=(",", ":"), allow_nan=False) + "\n")


write(
    "nn/fixtures/unusual-arguments.json",
    {
        "layers": LAYERS,
        "attention": ATTENTION,
        "multihead": [multihead([3, 4]), multihead([2, 3, 4])],
        "embedding": [embedding(padding) for padding in (-1, -5, 2, None)],
        "clipping": CLIPPING,
        "adam": ADAM,
    },
)
write("kernels/fixtures/tfjs-gradients.json", {"convolutions": CONVOLUTIONS, "products": PRODUCTS, "transposed": TRANSPOSED})
