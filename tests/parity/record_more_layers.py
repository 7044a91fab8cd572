"""Writes packages/core/src/nn/fixtures/more-layers.json: lazy layers, containers, fractional pools, adaptive softmax, and
functions and options that the other recordings leave out.

Usage: python tests/parity/record_more_layers.py
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import recorded_calls
from recorded_calls import fixed

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/more-layers.json"
r = torch.randn


def layer(kind, args, options, *inputs, training=True, ours=None):
    """`ours` has the options here, where they are arranged otherwise."""
    return {"wrap": None, **recorded_calls.layer(kind, getattr(nn, kind)(*args, **options), *inputs, args=args, options=options if ours is None else ours, training=training)}


def lazy(kind, args, options, x, training=True):
    """Of a layer that has seen an input: what it computes, and the state dict that a new one loads."""
    module = getattr(nn, kind)(*args, **options)
    with torch.no_grad():
        module.eval()(x)
    return {"wrap": None, **recorded_calls.layer(kind, module, x, args=args, options=options, training=training)}


def lazies():
    cases = [
        lazy("LazyLinear", [3], {}, r(2, 4)),
        lazy("LazyLinear", [2], {"bias": False}, r(4)),
        lazy("LazyLinear", [1], {}, r(2, 3, 1)),
    ]
    tracked = {"affine": False, "track_running_stats": False}
    for d in (1, 2, 3):
        space = [[6], [4, 3], [3, 2, 3]][d - 1]
        cases += [
            lazy(f"LazyConv{d}d", [3, 2], {}, r(2, 2, *space)),
            lazy(f"LazyConv{d}d", [4, 3], {"stride": 2, "padding": 1, "groups": 2, "bias": False, "padding_mode": "reflect", "dilation": 1}, r(4, *space)),
            lazy(f"LazyConvTranspose{d}d", [3, 2], {}, r(2, 2, *space)),
            lazy(f"LazyConvTranspose{d}d", [4, 3], {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2, "bias": False, "dilation": 1, "padding_mode": "zeros"}, r(4, *space)),
            layer(f"ConvTranspose{d}d", [2, 3, 2], {"padding_mode": "zeros"}, r(1, 2, *space)),
            lazy(f"LazyBatchNorm{d}d", [], {}, r(3, 2, *space)),
            lazy(f"LazyBatchNorm{d}d", [], {"eps": 1e-2, "momentum": 0.3, **tracked}, r(2, 3, *space)),
            lazy(f"LazyBatchNorm{d}d", [], {"bias": False}, r(2, 3, *space), training=False),
            lazy(f"LazyInstanceNorm{d}d", [], {}, r(2, 3, *space)),
            lazy(f"LazyInstanceNorm{d}d", [], {"eps": 1e-2, "momentum": 0.3, "bias": False}, r(2, 2, *space), training=False),
            lazy(f"LazyInstanceNorm{d}d", [], {**tracked}, r(1, 2, *space)),
        ]
    return cases + [lazy("LazyBatchNorm1d", [], {}, r(4, 3))]


def fractional():
    cases = []
    for d, space, size in [(2, [6, 7], [3, 4]), (3, [5, 5, 5], [2, 2, 3])]:
        samples, single = fixed(torch.rand(2, 3, d)), fixed(torch.rand(1, 3, d))
        for options in [{"output_size": size}, {"output_ratio": 0.5}, {"output_ratio": [0.5, 0.6, 0.4][:d], "return_indices": True}, {"output_size": 3}]:
            own = {**options, "randomSamples": samples}
            cases.append(layer(f"FractionalMaxPool{d}d", [2], {**options, "_random_samples": samples}, r(2, 3, *space), ours=own))
        # A pool of the whole input is refused of volumes.
        whole = space if d == 2 else [length - 1 for length in space]
        cases.append(layer(f"FractionalMaxPool{d}d", [1], {"output_size": whole, "_random_samples": single}, r(1, 3, *space), ours={"output_size": whole, "randomSamples": single}))
        ties = torch.randint(0, 3, (1, 3, *space)).float()
        cases.append(layer(f"FractionalMaxPool{d}d", [3], {"output_size": [2] * d, "return_indices": True, "_random_samples": single}, ties, ours={"output_size": 2, "return_indices": True, "randomSamples": single}))
    return cases


def adaptive():
    i = torch.tensor
    return [
        layer("AdaptiveLogSoftmaxWithLoss", [8, 10, [3, 6]], {"div_value": 2.0, "head_bias": True}, r(5, 8), i([0, 4, 9, 5, 2])),
        layer("AdaptiveLogSoftmaxWithLoss", [16, 7, [2]], {}, r(3, 16), i([1, 6, 0])),
        layer("AdaptiveLogSoftmaxWithLoss", [8, 4, [1, 2, 3]], {"div_value": 1.5}, r(8), i(3)),
        layer("AdaptiveLogSoftmaxWithLoss", [4, 6, [5]], {}, r(2, 4), i([0, 4])),
    ]


def losses():
    classes = torch.tensor([0, 2, 1])
    return [
        layer("CrossEntropyLoss", [], {"weight": fixed(torch.rand(3)), "reduction": "sum"}, r(3, 3), classes),
        layer("CrossEntropyLoss", [], {"weight": fixed(torch.rand(3)), "label_smoothing": 0.1, "ignore_index": 1}, r(3, 3), classes),
        layer("NLLLoss", [], {"weight": fixed(torch.rand(3))}, r(3, 3).log_softmax(1), classes),
        layer("NLLLoss", [], {"weight": fixed(torch.rand(3)), "reduction": "none", "ignore_index": 2}, r(3, 3).log_softmax(1), classes),
    ]


def transformers():
    small = {"num_encoder_layers": 1, "num_decoder_layers": 1, "dim_feedforward": 6, "dropout": 0.0}
    wide = {**small, "activation": "gelu", "layer_norm_eps": 1e-3, "norm_first": True, "bias": False}
    return [
        layer("Transformer", [4, 2], {**small, "activation": "gelu"}, r(3, 2, 4), r(2, 2, 4)),
        layer("Transformer", [4, 2], {**wide, "batch_first": True}, r(2, 3, 4), r(2, 2, 4)),
        layer("TransformerEncoderLayer", [4, 2], {"dim_feedforward": 6, "dropout": 0.0, "layer_norm_eps": 1e-2, "bias": False}, r(3, 2, 4)),
        layer("TransformerDecoderLayer", [4, 2], {"dim_feedforward": 6, "dropout": 0.0, "layer_norm_eps": 1e-2, "bias": False}, r(3, 2, 4), r(2, 2, 4)),
    ]


class Contained(nn.Module):
    """A model whose parts are in a container; containers.parity.test.ts has the same ones."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        if kind == "Sequential":
            self.parts = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        if kind == "ModuleList":
            self.parts = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])
        if kind == "ModuleDict":
            self.parts = nn.ModuleDict({"first": nn.Linear(3, 3), "second": nn.Bilinear(3, 3, 2)})
        if kind == "ParameterList":
            self.parts = nn.ParameterList([torch.zeros(3), torch.zeros(3, 2)])
        if kind == "ParameterDict":
            self.parts = nn.ParameterDict({"scale": torch.zeros(3), "weight": torch.zeros(3, 2)})

    def forward(self, x):
        parts = self.parts
        if self.kind == "Sequential":
            return parts(x)
        if self.kind == "ModuleList":
            for part in parts:
                x = torch.tanh(part(x))
            return x
        if self.kind == "ModuleDict":
            y = parts["first"](x)
            return parts["second"](y, x)
        first, second = parts if self.kind == "ParameterList" else (parts["scale"], parts["weight"])
        return (x * first) @ second


def containers():
    kinds = ["Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"]
    return [recorded_calls.layer(kind, Contained(kind), r(2, 3)) for kind in kinds]


def call(name, *args, ours=None, **options):
    return recorded_calls.call(getattr(F, name), name, *args, ours=ours, **options)


def statistics(args, options):
    """Running statistics are one option here."""
    x, mean, variance, *_ = args
    return [x], {**options, "running": {"mean": mean, "variance": variance}}


def antialiased():
    cases = []
    for mode in ["bilinear", "bicubic"]:
        cases += [
            call("interpolate", r(1, 2, 7, 9), size=[3, 4], mode=mode, antialias=True),
            call("interpolate", r(2, 1, 5, 6), scale_factor=0.4, mode=mode, antialias=True),
            call("interpolate", r(1, 1, 4, 5), scale_factor=[1.5, 0.5], mode=mode, antialias=True, align_corners=True),
            call("interpolate", r(1, 1, 3, 4), size=[1, 8], mode=mode, antialias=True),
            call("interpolate", r(1, 1, 1, 2), size=[3, 1], mode=mode, antialias=True),
        ]
    return cases


def functions():
    indices = torch.tensor([[4, 1, 4], [0, 3, 2]])
    apart = torch.tensor([[0.0, 9000.0, -9000.0], [9000.0, 0.0, 1.0]])
    mean, variance = fixed(r(3)), fixed(torch.rand(3) + 0.5)
    cases = [
        call("upsample", r(1, 2, 3), scale_factor=2),
        call("upsample", r(1, 2, 3, 4), size=[5, 2], mode="bilinear", align_corners=True),
        call("upsample_nearest", r(1, 2, 3, 4), scale_factor=2),
        call("upsample_nearest", r(1, 2, 3), size=5),
        call("upsample_bilinear", r(1, 2, 3, 4), size=[5, 2]),
        call("upsample_bilinear", r(1, 2, 3, 4), scale_factor=2),
        call("conv_tbc", r(5, 2, 3), r(2, 3, 4), r(4)),
        call("conv_tbc", r(1, 1, 1), r(3, 1, 2), r(2), 1),
        call("linear_cross_entropy", r(4, 3), r(5, 3), torch.tensor([0, 4, 2, 1]), linear_bias=r(5)),
        call("linear_cross_entropy", r(4, 3), r(5, 3), torch.tensor([0, 4, -100, 1]), weight=fixed(torch.rand(5)), reduction="sum", label_smoothing=0.1),
        call("linear_cross_entropy", r(3, 2), r(4, 2, 2), torch.tensor([[0, 1], [2, 3], [1, 1]]), linear_bias=r(4, 2), reduction="none", ignore_index=1),
        # So far apart that no noise changes the class.
        call("gumbel_softmax", fixed(apart), tau=0.5, hard=True, dim=1),
        call("gumbel_softmax", fixed(apart), tau=2.0, dim=-1),
        call("batch_norm", r(4, 3), mean, variance, r(3), r(3), training=False, momentum=0.3, eps=1e-3, ours=lambda args, options: ([args[0]], {**options, "weight": args[3], "bias": args[4], "running": {"mean": args[1], "variance": args[2]}})),
        call("instance_norm", r(2, 3, 4), mean, variance, use_input_stats=False, momentum=0.3, ours=statistics),
        call("triplet_margin_with_distance_loss", r(3, 2), r(3, 2), r(3, 2), margin=0.4),
    ]
    for d, space, size in [(2, [6, 7], [3, 4]), (3, [5, 5, 5], [2, 2, 3])]:
        samples = fixed(torch.rand(2, 3, d))
        rename = lambda args, options: (args, {"randomSamples" if key == "_random_samples" else key: value for key, value in options.items()})
        for options in [{"output_size": size}, {"output_ratio": [0.5, 0.4, 0.6][:d], "return_indices": True}]:
            cases.append(call(f"fractional_max_pool{d}d", r(2, 3, *space), 2, **options, _random_samples=samples, ours=rename))
    return cases + antialiased()


torch.manual_seed(43)
layers = lazies() + fractional() + adaptive() + losses() + transformers()
called, contained = functions(), containers()
OUT.write_text(json.dumps({"torch": torch.__version__, "layers": layers, "functions": called, "containers": contained}, separators=(",", ":")) + "\n")
print(len(layers), len(called), OUT.stat().st_size)
