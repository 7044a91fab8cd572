"""Writes packages/core/src/nn/fixtures/modules.json: layers of PyTorch with several inputs or outputs, of indices, and with
weights that are computed.

Usage: python tests/parity/record_modules.py
"""

import json
from pathlib import Path

import torch
from torch import nn

import recorded_calls

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/modules.json"
r = torch.randn


def layer(kind, args, options, *inputs, training=True, wrap=None):
    """`wrap`: a function of nn.utils or nn.utils.parametrizations, and what it is called with."""
    module = getattr(nn, kind)(*args, **options)
    if wrap is not None:
        where, name, arguments = wrap
        owner = nn.utils.parametrizations if where == "parametrizations" else nn.utils
        getattr(owner, name)(module, "weight", **arguments)
    return {"wrap": wrap, **recorded_calls.layer(kind, module, *inputs, args=args, options=options, training=training)}


def i(*values):
    return torch.tensor(values)


def embeddings():
    table = [[1, 2, 4], [5, 4, 3]]
    cases = [
        layer("Embedding", [6, 3], {"max_norm": 0.5}, i(*table)),
        layer("Embedding", [6, 3], {"max_norm": 0.4, "norm_type": 1.0, "padding_idx": -1}, i(*table)),
        layer("Embedding", [6, 3], {"scale_grad_by_freq": True}, i([1, 1, 1], [2, 1, 5])),
    ]
    for mode in ["sum", "mean", "max"]:
        cases += [
            layer("EmbeddingBag", [6, 3], {"mode": mode}, i(*table)),
            layer("EmbeddingBag", [6, 3], {"mode": mode, "padding_idx": 4}, i([4, 4, 4], [1, 4, 4], [5, 1, 0])),
            layer("EmbeddingBag", [6, 3], {"mode": mode, "padding_idx": -6}, i(0, 2, 0, 5, 5, 0, 0), i(0, 2, 2, 5)),
            layer("EmbeddingBag", [6, 3], {"mode": mode, "include_last_offset": True}, i(1, 2, 4, 5, 4), i(0, 3, 3, 5)),
            layer("EmbeddingBag", [6, 1], {"mode": mode, "max_norm": 0.3}, i(1, 2, 4), i(0)),
        ]
    return cases + [
        layer("EmbeddingBag", [6, 3], {"mode": "sum"}, i(*table), None, r(2, 3)),
        layer("EmbeddingBag", [6, 3], {"mode": "sum", "padding_idx": 2}, i(1, 2, 3, 4), i(0, 1, 4), r(4)),
        layer("EmbeddingBag", [6, 3], {"mode": "sum", "scale_grad_by_freq": True, "norm_type": 1.0}, i(1, 1, 3, 1), i(0, 2)),
    ]


def pools():
    cases = []
    for d, space in [(1, [6]), (2, [4, 6]), (3, [2, 4, 2])]:
        cases += [
            layer(f"MaxPool{d}d", [2], {"return_indices": True}, r(2, 2, *space)),
            layer(f"AdaptiveMaxPool{d}d", [2], {"return_indices": True}, r(2, *space)),
            layer(f"MaxPool{d}d", [2], {"ceil_mode": True, "stride": 3, "padding": 1, "dilation": 1}, r(2, 2, *space)),
            layer(f"AvgPool{d}d", [2], {"ceil_mode": True, "stride": 3, "padding": 1, "count_include_pad": False}, r(2, 2, *space)),
            layer(f"LPPool{d}d", [2.0, 2], {"stride": 1, "ceil_mode": True}, r(2, 2, *space).abs() + 0.1),
            layer(f"MaxUnpool{d}d", [2], {"stride": 2, "padding": 0}, *getattr(nn.functional, f"max_pool{d}d")(r(1, 2, *space), 2, return_indices=True)),
        ]
        if d > 1:
            cases.append(layer(f"AvgPool{d}d", [2], {"divisor_override": 3}, r(1, 2, *space)))
    return cases + [
        layer("Unfold", [[2, 3]], {"dilation": 1, "padding": 1, "stride": 2}, r(2, 2, 4, 5)),
        layer("Fold", [[4, 5], [2, 3]], {"dilation": 1, "padding": 1, "stride": 2}, r(2, 12, 9)),
    ]


def plain():
    """Layers of one input whose options other recordings do not set."""
    return [
        layer("Identity", [], {}, r(2, 3)),
        layer("Flatten", [], {"start_dim": 0, "end_dim": 1}, r(2, 3, 4)),
        layer("Dropout", [], {"p": 0.3}, r(2, 3), training=False),
        layer("Dropout1d", [], {"p": 0.3}, r(2, 3, 2), training=False),
        layer("Dropout2d", [], {"p": 0.3}, r(2, 3, 2, 2), training=False),
        layer("Dropout3d", [], {"p": 0.3}, r(2, 3, 2, 2, 1), training=False),
        layer("AlphaDropout", [], {"p": 0.3}, r(2, 3), training=False),
        layer("FeatureAlphaDropout", [], {"p": 0.3}, r(2, 3), training=False),
        layer("RReLU", [], {"lower": 0.1, "upper": 0.5}, r(2, 3), training=False),
        layer("RReLU", [], {"lower": 0.25, "upper": 0.25}, r(2, 3)),
        layer("ReLU", [], {}, r(2, 3)),
        layer("Sigmoid", [], {}, r(2, 3)),
        layer("Tanh", [], {}, r(2, 3)),
        layer("SiLU", [], {}, r(2, 3)),
        layer("LeakyReLU", [], {"negative_slope": 0.2}, r(2, 3)),
        layer("GELU", [], {"approximate": "tanh"}, r(2, 3)),
        layer("BatchNorm1d", [3], {"eps": 1e-3, "momentum": 0.3, "affine": True, "track_running_stats": True}, r(4, 3)),
        layer("BatchNorm1d", [3], {"affine": False, "track_running_stats": False}, r(4, 3, 2), training=False),
        layer("BatchNorm2d", [3], {"eps": 1e-3, "momentum": 0.3, "affine": True, "track_running_stats": True}, r(2, 3, 2, 2)),
        layer("BatchNorm3d", [2], {"eps": 1e-3, "momentum": 0.3, "affine": True, "track_running_stats": True}, r(2, 2, 2, 1, 2)),
        layer("LayerNorm", [[2, 3]], {"eps": 1e-3, "elementwise_affine": True, "bias": True}, r(2, 2, 3)),
        layer("Bilinear", [3, 2, 4], {"bias": False}, r(5, 3), r(5, 2)),
        layer("TripletMarginWithDistanceLoss", [], {"margin": 0.5, "swap": True, "reduction": "sum"}, r(4, 3), r(4, 3), r(4, 3)),
        layer("TripletMarginWithDistanceLoss", [], {}, r(4, 3), r(4, 3), r(4, 3)),
        layer("MultiLabelMarginLoss", [], {}, r(3, 4), i([0, 2, -1, 1], [3, -1, 0, 0], [-1, 0, 1, 2])),
        layer("MultiLabelMarginLoss", [], {"reduction": "none"}, r(3, 4), i([0, 1, 2, 3], [3, 3, -1, 0], [1, -1, 1, 2])),
        layer("MultiLabelMarginLoss", [], {"reduction": "sum"}, r(4), i(1, 0, -1, 2)),
    ]


def losses():
    targets = i(0, 3, 1)
    return [
        layer("CrossEntropyLoss", [], {"reduction": "sum", "ignore_index": 3, "label_smoothing": 0.1}, r(3, 4), targets),
        layer("CrossEntropyLoss", [], {}, r(3, 4), targets),
        layer("NLLLoss", [], {"reduction": "none", "ignore_index": 3}, r(3, 4), targets),
        layer("MSELoss", [], {"reduction": "sum"}, r(3, 4), r(3, 4)),
        layer("L1Loss", [], {"reduction": "none"}, r(3, 4), r(3, 4)),
        layer("CTCLoss", [], {"blank": 2, "reduction": "sum", "zero_infinity": True}, r(5, 2, 3).log_softmax(2), i([0, 1], [1, 1]), [5, 4], [2, 2]),
        layer("Hardtanh", [], {"min_val": -0.3, "max_val": 0.2}, r(3, 4)),
        layer("GroupNorm", [2, 4], {"eps": 1e-2}, r(2, 4, 3)),
        layer("PReLU", [], {"num_parameters": 1, "init": 0.1}, r(2, 3)),
        layer("UpsamplingNearest2d", [], {"size": 3}, r(1, 1, 2, 4)),
        layer("UpsamplingBilinear2d", [], {"scale_factor": 2}, r(1, 1, 2, 3)),
        layer("Upsample", [], {"scale_factor": 1.6, "mode": "linear", "recompute_scale_factor": True}, r(1, 2, 4)),
        layer("InstanceNorm3d", [2], {"eps": 1e-2, "momentum": 0.3, "affine": True, "track_running_stats": True}, r(1, 2, 2, 1, 2)),
        layer("Conv1d", [2, 4, 2], {"groups": 2, "bias": False}, r(1, 2, 4)),
        layer("Conv2d", [2, 4, 2], {"groups": 2, "bias": False}, r(1, 2, 3, 3)),
        layer("Conv3d", [2, 4, 2], {"groups": 2, "bias": False}, r(1, 2, 2, 3, 2)),
        layer("ConvTranspose2d", [2, 3, 2], {"bias": False}, r(1, 2, 2, 2)),
        layer("ConvTranspose3d", [1, 2, 2], {"bias": False}, r(1, 1, 2, 1, 2)),
        layer("BatchNorm1d", [3], {"bias": False}, r(4, 3)),
        layer("BatchNorm2d", [3], {"bias": False}, r(2, 3, 2, 2)),
        layer("BatchNorm3d", [2], {"bias": False}, r(2, 2, 2, 1, 2)),
        layer("GroupNorm", [2, 4], {"bias": False}, r(2, 4, 3)),
        layer("InstanceNorm1d", [3], {"affine": True, "bias": False}, r(2, 3, 4)),
        layer("InstanceNorm2d", [3], {"affine": True, "bias": False}, r(2, 3, 2, 2)),
        layer("InstanceNorm3d", [2], {"affine": True, "bias": False}, r(2, 2, 2, 1, 2)),
        layer("RNNCell", [2, 3], {"bias": False}, r(4, 2)),
    ]


def computed():
    cases = []
    for where in ["utils", "parametrizations"]:
        cases += [
            layer("Linear", [4, 3], {}, r(2, 4), wrap=[where, "weight_norm", {"dim": 0}]),
            layer("Linear", [4, 3], {}, r(2, 4), wrap=[where, "weight_norm", {"dim": None}]),
            layer("Conv2d", [2, 3, 2], {}, r(1, 2, 3, 3), wrap=[where, "weight_norm", {"dim": 1}]),
            layer("Linear", [4, 3], {}, r(2, 4), wrap=[where, "spectral_norm", {}]),
            layer("Linear", [4, 3], {"bias": False}, r(2, 4), wrap=[where, "spectral_norm", {"n_power_iterations": 3, "eps": 1e-6, "dim": 1}]),
            layer("ConvTranspose2d", [2, 3, 2], {}, r(1, 2, 3, 3), wrap=[where, "spectral_norm", {}]),
            layer("Conv1d", [2, 3, 2], {}, r(1, 2, 3), wrap=[where, "spectral_norm", {}], training=False),
        ]
    return cases


torch.manual_seed(41)
cases = embeddings() + pools() + plain() + losses() + computed()
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":"), allow_nan=False) + "\n")
print(len(cases), OUT.stat().st_size)
