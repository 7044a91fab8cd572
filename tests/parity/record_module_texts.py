"""Writes packages/core/src/nn/fixtures/module-texts.json: what PyTorch prints for its modules.

Usage: python tests/parity/record_module_texts.py
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import parametrizations

from recorded_numbers import camel

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/module-texts.json"

PLAIN = """ReLU Tanh Sigmoid SiLU ReLU6 Hardsigmoid Hardswish Mish SELU Softsign Tanhshrink LogSigmoid Softmax2d Identity
CrossEntropyLoss NLLLoss MSELoss L1Loss BCELoss BCEWithLogitsLoss KLDivLoss GaussianNLLLoss PoissonNLLLoss SoftMarginLoss
MultiLabelSoftMarginLoss SmoothL1Loss HuberLoss MarginRankingLoss HingeEmbeddingLoss CosineEmbeddingLoss
TripletMarginLoss TripletMarginWithDistanceLoss MultiMarginLoss MultiLabelMarginLoss CTCLoss CosineSimilarity
PairwiseDistance LeakyReLU GELU ELU Softplus Hardtanh PReLU Hardshrink Softshrink CELU GLU RReLU Dropout Dropout1d
Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout Flatten ModuleList Sequential ModuleDict ParameterList
ParameterDict"""

# Name, arguments, options. A list among them is a tuple there.
CASES = [
    *[(name, [], {}) for name in PLAIN.split()],
    ("LeakyReLU", [0.2], {}),
    ("GELU", [], {"approximate": "tanh"}),
    ("ELU", [0.5], {}),
    ("Softplus", [], {"beta": 0.5, "threshold": 10.0}),
    ("Hardtanh", [], {"min_val": -2.5, "max_val": 3.0}),
    ("Threshold", [0.1, 20], {}),
    ("PReLU", [4], {}),
    ("Hardshrink", [1e-5], {}),
    ("Softshrink", [1.5], {}),
    *[(name, [1], {}) for name in ["Softmax", "LogSoftmax", "Softmin", "GLU"]],
    ("RReLU", [], {"lower": 0.1, "upper": 0.2}),
    ("Dropout", [0.0], {}),
    ("Flatten", [0], {}),
    ("Unflatten", [1, [3, -1]], {}),
    ("Unflatten", [1, [12]], {}),
    ("Linear", [4, 3], {}),
    ("Linear", [4, 3], {"bias": False}),
    ("Bilinear", [4, 3, 2], {}),
    ("Conv1d", [2, 4, 3], {}),
    ("Conv1d", [2, 4, 3], {"padding": "same"}),
    ("Conv2d", [2, 4, 3], {"padding": 1}),
    ("Conv2d", [2, 4, [3, 5]], {"stride": [2, 1], "padding": [0, 2], "dilation": 2, "groups": 2, "bias": False}),
    ("Conv2d", [2, 4, 3], {"padding": "valid", "padding_mode": "reflect"}),
    ("Conv3d", [2, 4, 3], {"padding_mode": "circular", "padding": 1}),
    ("ConvTranspose1d", [2, 4, 3], {}),
    ("ConvTranspose2d", [2, 4, 3], {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2, "bias": False}),
    ("ConvTranspose3d", [2, 4, 3], {"dilation": 2}),
    *[(f"MaxPool{d}d", [2], {}) for d in (1, 2, 3)],
    ("MaxPool2d", [[3, 2]], {"stride": [2, 1], "padding": 1, "dilation": 2, "ceil_mode": True}),
    *[(f"AvgPool{d}d", [2], {}) for d in (1, 2, 3)],
    ("AvgPool1d", [3], {"stride": 2, "padding": 1}),
    ("AvgPool2d", [[3, 2]], {"stride": 2, "padding": 1}),
    *[(f"MaxUnpool{d}d", [2], {}) for d in (1, 2, 3)],
    ("MaxUnpool2d", [[3, 2]], {"stride": 2, "padding": 1}),
    *[(f"LPPool{d}d", [2, 3], {}) for d in (1, 2, 3)],
    ("LPPool2d", [1.5, [3, 2]], {"stride": 2, "ceil_mode": True}),
    *[(f"Adaptive{kind}Pool{d}d", [4], {}) for kind in ("Avg", "Max") for d in (1, 2, 3)],
    ("AdaptiveAvgPool2d", [[4, None]], {}),
    ("AdaptiveMaxPool2d", [[4, 3]], {}),
    ("Fold", [[4, 5], 2], {}),
    ("Unfold", [[2, 3]], {"dilation": 1, "padding": 1, "stride": [2, 1]}),
    *[(f"{kind}Pad{d}d", [1], {}) for kind in ("Reflection", "Replication", "Circular", "Zero") for d in (1, 2, 3)],
    ("ZeroPad2d", [[1, 2, 3, 4]], {}),
    *[(f"ConstantPad{d}d", [1, 0.5], {}) for d in (1, 2, 3)],
    ("PixelShuffle", [2], {}),
    ("PixelUnshuffle", [2], {}),
    ("ChannelShuffle", [2], {}),
    ("Upsample", [], {"scale_factor": 2}),
    ("Upsample", [], {"size": [4, 5], "mode": "bilinear"}),
    ("Upsample", [], {"scale_factor": [2, 1.5], "mode": "bicubic", "align_corners": True}),
    ("UpsamplingNearest2d", [], {"scale_factor": 2}),
    ("UpsamplingBilinear2d", [], {"size": 6}),
    *[(f"{kind}Norm{d}d", [4], {}) for kind in ("Batch", "Instance") for d in (1, 2, 3)],
    ("BatchNorm2d", [4], {"eps": 1e-3, "momentum": 0.01, "affine": False, "track_running_stats": False}),
    ("BatchNorm1d", [4], {"momentum": None, "bias": False}),
    ("InstanceNorm2d", [4], {"affine": True, "track_running_stats": True}),
    ("SyncBatchNorm", [4], {}),
    ("SyncBatchNorm", [4], {"momentum": 0.3, "affine": False}),
    ("LayerNorm", [4], {}),
    ("LayerNorm", [[4, 3]], {"eps": 1e-12, "bias": False}),
    ("LayerNorm", [4], {"elementwise_affine": False}),
    ("GroupNorm", [2, 4], {}),
    ("GroupNorm", [2, 4], {"affine": False}),
    ("RMSNorm", [4], {}),
    ("RMSNorm", [4], {"eps": 1e-6, "elementwise_affine": False}),
    ("LocalResponseNorm", [2], {}),
    ("Embedding", [5, 3], {}),
    ("Embedding", [5, 3], {"padding_idx": -1, "max_norm": 1.0, "norm_type": 1.0, "scale_grad_by_freq": True}),
    ("EmbeddingBag", [5, 3], {}),
    ("EmbeddingBag", [5, 3], {"mode": "sum", "padding_idx": 1, "max_norm": 0.5, "norm_type": 3.0}),
    *[(name, [4, 3], {}) for name in ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell")],
    ("LSTM", [4, 3], {"proj_size": 2, "num_layers": 2, "bias": False, "batch_first": True, "dropout": 0.5, "bidirectional": True}),
    ("RNN", [4, 3], {"nonlinearity": "relu", "num_layers": 2}),
    ("RNNCell", [4, 3], {"bias": False, "nonlinearity": "relu"}),
    ("MultiheadAttention", [4, 2], {}),
    ("MultiheadAttention", [4, 2], {"bias": False, "kdim": 3}),
    ("TransformerEncoderLayer", [4, 2], {"dim_feedforward": 8}),
    ("TransformerDecoderLayer", [4, 2], {"dim_feedforward": 8, "norm_first": True}),
    ("LazyLinear", [3], {}),
    ("LazyLinear", [3], {"bias": False}),
    *[(f"LazyConv{d}d", [4, 3], {}) for d in (1, 2, 3)],
    ("LazyConv2d", [4, [3, 2]], {"stride": 2, "padding": 1, "groups": 2, "bias": False, "padding_mode": "reflect"}),
    *[(f"LazyConvTranspose{d}d", [4, 3], {}) for d in (1, 2, 3)],
    ("LazyConvTranspose2d", [4, 3], {"output_padding": 1, "stride": 2}),
    *[(f"LazyBatchNorm{d}d", [], {}) for d in (1, 2, 3)],
    *[(f"LazyInstanceNorm{d}d", [], {}) for d in (1, 2, 3)],
    ("LazyInstanceNorm2d", [], {"affine": False, "track_running_stats": False}),
    ("FractionalMaxPool2d", [2], {"output_size": 3}),
    ("FractionalMaxPool3d", [2], {"output_ratio": 0.5, "return_indices": True}),
    ("AdaptiveLogSoftmaxWithLoss", [16, 10, [3, 6]], {}),
    ("Transformer", [4, 2], {"num_encoder_layers": 2, "num_decoder_layers": 1, "dim_feedforward": 8}),
]


def tupled(value):
    return tuple(value) if isinstance(value, list) else value


def record(name, args, options):
    module = getattr(nn, name)(*map(tupled, args), **{key: tupled(value) for key, value in options.items()})
    return {"layer": name, "args": args, "options": {camel(key): value for key, value in options.items()}, "text": repr(module)}


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(4, width)

    def extra_repr(self):
        return "two\nlines"


class Named(nn.Module):
    def extra_repr(self):
        return "two\nlines"


def nested():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2, nn.LayerNorm(4), enable_nested_tensor=False)
    shared = nn.Linear(2, 2)
    return {
        "sequential": nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Sequential(nn.Flatten(), nn.Linear(8, 2))),
        "repeated in a sequential": nn.Sequential(nn.ReLU(), nn.ReLU()),
        "repeated": nn.ModuleList([nn.Linear(4, 4) for _ in range(4)]),
        "partly repeated": nn.ModuleList([nn.Linear(4, 2), nn.ReLU(), nn.ReLU(), nn.Linear(4, 2), nn.Linear(4, 2)]),
        "blocks": nn.ModuleList([Block(2), Block(2), Block(3)]),
        "dictionary": nn.ModuleDict({"left": nn.Linear(4, 2), "right": nn.ModuleList([nn.Tanh(), nn.Tanh()])}),
        "lines": Named(),
        "shared": nn.Sequential(shared, shared),
        "parameters": nn.ParameterList([torch.ones(3), torch.ones(2, 4)]),
        "one parameter": nn.ParameterList([torch.ones(())]),
        "parameters by name": nn.ParameterDict({"scale": torch.ones(3), "shift": torch.ones(1, 2)}),
        "encoder": encoder,
        "weight norm": parametrizations.weight_norm(nn.Linear(3, 2)),
        "spectral norm": nn.Sequential(parametrizations.spectral_norm(nn.Conv2d(3, 2, 1)), nn.ReLU()),
        "two weight norms": parametrizations.weight_norm(parametrizations.weight_norm(nn.Bilinear(3, 2, 2)), "bias"),
    }


cases = [record(*case) for case in CASES]
models = {name: repr(module) for name, module in nested().items()}
OUT.write_text(json.dumps({"cases": cases, "models": models}, indent=1) + "\n")
print(len(cases), len(models), OUT.stat().st_size)
