"""Writes packages/core/src/nn/fixtures/layers-by-name.json: layers of PyTorch by name and arguments, with all gradients.

Usage: python tests/parity/record_layers_by_name.py
"""

import json
from pathlib import Path

import torch
from torch import nn

from recorded_numbers import camel, numbers

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/layers-by-name.json"

# Where the lines of activations meet, and far away.
POINTS = [-30.0, -6.0, -3.0, -1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 3.0, 6.0, 30.0]


def record(layer, args, options, *shape, points=False, second=None, training=True):
    values = {key: tuple(value) if key == "scale_factor" and isinstance(value, list) else value for key, value in options.items()}
    module = getattr(nn, layer)(*args, **values).train(training)
    for parameter in module.parameters():
        with torch.no_grad():
            parameter.normal_(0, 0.5)
    state = {key: numbers(value.float()) for key, value in module.state_dict().items()}
    x = torch.tensor(POINTS).reshape(1, len(POINTS)) if points else torch.randn(*shape)
    x.requires_grad_()
    inputs = [x] if second is None else [x, torch.randn(*second, requires_grad=True)]
    y = module(*inputs)
    dy = torch.randn_like(y)
    y.backward(dy)
    return {
        "training": training,
        "second": None if second is None else {"x": numbers(inputs[1]), "dx": numbers(inputs[1].grad)},
        "layer": layer,
        "args": args,
        "options": {camel(key): value for key, value in options.items()},
        "state": state,
        "x": numbers(x),
        "y": numbers(y),
        "dy": numbers(dy),
        "dx": numbers(x.grad),
        "gradients": {key: numbers(value.grad) for key, value in module.named_parameters()},
        "stateAfter": {key: numbers(value.float()) for key, value in module.state_dict().items()},
    }


def activations():
    plain = ["ReLU6", "Hardsigmoid", "Hardswish", "Mish", "SELU", "Softsign", "Tanhshrink", "LogSigmoid"]
    cases = [record(layer, [], {}, points=True) for layer in plain]
    for layer, options in [
        ("Hardtanh", {}),
        ("Hardtanh", {"min_val": -0.5, "max_val": 3.0}),
        ("Hardshrink", {}),
        ("Hardshrink", {"lambd": 1.0}),
        ("Softshrink", {}),
        ("Softshrink", {"lambd": 1.0}),
        ("CELU", {}),
        ("CELU", {"alpha": 0.5}),
        ("ELU", {"alpha": 0.5}),
        ("Softplus", {"beta": 2.0, "threshold": 5.0}),
        ("PReLU", {}),
    ]:
        cases.append(record(layer, [], options, points=True))
    return cases + [
        record("Threshold", [0.5, -2.0], {}, points=True),
        record("PReLU", [], {"num_parameters": 3}, 2, 3, 4),
        record("PReLU", [], {"num_parameters": 3}, 2, 3),
        record("GLU", [], {}, 3, 4),
        record("GLU", [], {"dim": 1}, 2, 6, 3),
        record("Softmin", [], {"dim": 1}, 2, 3, 2),
        record("Softmax2d", [], {}, 2, 3, 2, 2),
        record("Softmax2d", [], {}, 3, 2, 2),
        record("Mish", [], {}, 0, 3),
    ]


def paddings():
    cases = []
    for dimensions, space in [(1, [5]), (2, [4, 5]), (3, [3, 2, 4])]:
        odd = [1, 2, 2, 1, 1, 1][: 2 * dimensions]
        for kind in ["ReflectionPad", "ReplicationPad", "CircularPad", "ZeroPad"]:
            if kind == "ReflectionPad" and dimensions == 3:
                odd = [1, 2, 1, 1, 2, 1]
            cases.append(record(f"{kind}{dimensions}d", [odd], {}, 2, 2, *space))
            cases.append(record(f"{kind}{dimensions}d", [1], {}, 2, *space))
        cases.append(record(f"ConstantPad{dimensions}d", [odd, 1.5], {}, 2, 2, *space))
        cases.append(record(f"ConstantPad{dimensions}d", [[-1, 2] * dimensions, -2.0], {}, 2, 2, *space))
    return cases


def shapes():
    return [
        record("PixelShuffle", [2], {}, 2, 8, 3, 2),
        record("PixelShuffle", [3], {}, 9, 1, 2),
        record("PixelUnshuffle", [2], {}, 2, 2, 4, 6),
        record("ChannelShuffle", [3], {}, 2, 6, 2, 2),
        record("Unflatten", [1, [2, 3]], {}, 4, 6),
        record("Unflatten", [-1, [-1, 2]], {}, 2, 3, 4),
    ]


def adaptive():
    cases = []
    for kind in ["Avg", "Max"]:
        cases += [
            record(f"Adaptive{kind}Pool1d", [3], {}, 2, 2, 7),
            record(f"Adaptive{kind}Pool1d", [1], {}, 2, 6),
            record(f"Adaptive{kind}Pool2d", [[3, 2]], {}, 2, 2, 7, 5),
            record(f"Adaptive{kind}Pool2d", [[None, 2]], {}, 2, 2, 3, 4),
            record(f"Adaptive{kind}Pool2d", [1], {}, 2, 2, 3, 4),
            record(f"Adaptive{kind}Pool2d", [4], {}, 2, 3, 2),
            record(f"Adaptive{kind}Pool3d", [[2, None, 3]], {}, 1, 2, 4, 3, 5),
        ]
    return cases


def norms():
    tracked = {"affine": True, "track_running_stats": True, "momentum": 0.3, "eps": 1e-3}
    return [
        record("InstanceNorm1d", [3], {}, 2, 3, 4),
        record("InstanceNorm1d", [3], tracked, 2, 3, 4),
        record("InstanceNorm1d", [3], tracked, 2, 3, 4, training=False),
        record("InstanceNorm1d", [3], {}, 3, 4),
        record("InstanceNorm2d", [2], {"affine": True}, 2, 2, 3, 2),
        record("InstanceNorm2d", [2], {"affine": True}, 2, 2, 3, 2, training=False),
        record("InstanceNorm2d", [2], tracked, 1, 2, 3, 2),
        record("InstanceNorm3d", [2], {"affine": True}, 2, 2, 2, 2, 3),
        record("RMSNorm", [4], {}, 3, 4),
        record("RMSNorm", [[3, 4]], {"eps": 1e-2}, 2, 3, 4),
        record("RMSNorm", [4], {"elementwise_affine": False}, 2, 4),
        record("LocalResponseNorm", [3], {}, 2, 5, 4),
        record("LocalResponseNorm", [2], {"alpha": 0.5, "beta": 0.6, "k": 2.0}, 2, 4, 3, 2),
        record("LocalResponseNorm", [9], {"alpha": 1.0}, 1, 4, 2, 2, 2),
    ]


def pairs():
    return [
        record("CosineSimilarity", [], {}, 3, 4, second=[3, 4]),
        record("CosineSimilarity", [], {"dim": -1, "eps": 5.0}, 2, 3, 4, second=[2, 3, 4]),
        record("CosineSimilarity", [], {"dim": 2}, 2, 3, 4, second=[1, 4]),
        record("PairwiseDistance", [], {}, 3, 4, second=[3, 4]),
        record("PairwiseDistance", [], {"p": 1.0, "keepdim": True}, 3, 4, second=[3, 4]),
        record("PairwiseDistance", [], {"p": 3.0, "eps": 0.1}, 3, 4, second=[1, 4]),
        record("Bilinear", [3, 4, 2], {}, 5, 3, second=[5, 4]),
        record("Bilinear", [3, 4, 2], {"bias": False}, 2, 5, 3, second=[2, 5, 4]),
        record("Bilinear", [1, 1, 1], {}, 1, second=[1]),
    ]


def upsampling():
    return [
        record("Upsample", [], {"scale_factor": 2.0}, 2, 2, 3),
        record("Upsample", [], {"size": 5}, 2, 2, 3),
        record("Upsample", [], {"size": [5, 2]}, 1, 2, 3, 4),
        record("Upsample", [], {"scale_factor": 1.7, "mode": "nearest-exact"}, 1, 2, 3, 4),
        record("Upsample", [], {"scale_factor": 2.0, "mode": "linear"}, 2, 2, 3),
        record("Upsample", [], {"scale_factor": 1.5, "mode": "bilinear"}, 1, 2, 3, 4),
        record("Upsample", [], {"size": [2, 7], "mode": "bilinear", "align_corners": True}, 1, 2, 3, 4),
        record("Upsample", [], {"size": [1, 3], "mode": "bilinear", "align_corners": True}, 1, 1, 3, 4),
        record("Upsample", [], {"scale_factor": 2.0, "mode": "bicubic"}, 1, 2, 3, 4),
        record("Upsample", [], {"size": [5, 2], "mode": "bicubic", "align_corners": True}, 1, 1, 4, 3),
        record("Upsample", [], {"scale_factor": [2.0, 1.0, 1.5], "mode": "trilinear"}, 1, 1, 2, 3, 2),
        record("UpsamplingNearest2d", [], {"scale_factor": 2.0}, 1, 2, 2, 3),
        record("UpsamplingBilinear2d", [], {"size": [4, 5]}, 1, 2, 2, 3),
    ]


def padding_modes():
    cases = []
    for mode in ["reflect", "replicate", "circular"]:
        cases += [
            record("Conv1d", [2, 3, 3], {"padding": 2, "padding_mode": mode, "stride": 2}, 2, 2, 6),
            record("Conv2d", [2, 2, [3, 2]], {"padding": [2, 1], "padding_mode": mode, "groups": 2}, 1, 2, 4, 3),
            record("Conv2d", [1, 2, 4], {"padding": "same", "padding_mode": mode}, 1, 6, 5),
            record("Conv3d", [1, 1, 2], {"padding": 1, "padding_mode": mode, "bias": False}, 1, 1, 2, 3, 3),
        ]
    return cases + [record("Conv2d", [1, 2, 2], {"padding": 1, "padding_mode": "zeros", "dilation": 2}, 1, 1, 3, 3)]


def synchronized():
    """Without other ranks it is batch norm, in PyTorch too."""
    return [
        record("SyncBatchNorm", [3], {}, 4, 3),
        record("SyncBatchNorm", [2], {"eps": 1e-3, "momentum": 0.3}, 2, 2, 5),
        record("SyncBatchNorm", [2], {"affine": False}, 2, 2, 3, 4),
        record("SyncBatchNorm", [2], {"bias": False, "track_running_stats": False}, 2, 2, 2, 2, 3),
        record("SyncBatchNorm", [3], {}, 2, 3, 4, training=False),
    ]


torch.manual_seed(29)
cases = activations() + paddings() + shapes() + adaptive() + norms() + pairs() + upsampling() + padding_modes() + synchronized()
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
print(len(cases), OUT.stat().st_size)
