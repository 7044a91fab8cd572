"""Writes packages/vision/src/models/fixtures/models.json: torchvision's models with weights from a formula.

Usage: python tests/parity/record_vision.py
"""

import json
from functools import partial
from pathlib import Path

import torch
import torchvision
from torch import nn
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.vision_transformer import ConvStemConfig, VisionTransformer

import formula_weights
from recorded_numbers import camel, number, numbers

OUT = Path(__file__).parents[2] / "packages/vision/src/models/fixtures/models.json"
SMALL = {"image_size": 32, "patch_size": 8, "num_layers": 2, "num_heads": 4, "hidden_dim": 32, "mlp_dim": 48, "num_classes": 5}
STEM = [(8, 3, 2), (16, 3, 2), (24, 3, 2)]


def group_norm(channels):
    return nn.GroupNorm(4, channels)


def image(size):
    return torch.from_numpy(formula_weights.uniform(999, 6 * size * size).astype("float32")).reshape(2, 3, size, size)


def described(options):
    """Functions by the names that the test knows."""
    plain = dict(options)
    if "norm_layer" in plain:
        plain["norm_layer"] = "groupNorm"
    if "conv_stem_configs" in plain:
        plain["conv_stem_configs"] = [{"outChannels": c, "kernelSize": k, "stride": s} for c, k, s in STEM]
    return {camel(name): value for name, value in plain.items()}


def run(name, model, options, size, args=None):
    """In evaluation, a gradient as its norm and its first value; one batch of training where normalization is
    well-conditioned: over more than a few values, with dropout off.
    """
    formula_weights.fill(model)
    x = image(size)
    evaluated = model.eval()(x)
    weights = torch.arange(evaluated.shape[1]) - 1.5
    (evaluated * weights).sum().backward()
    gradients = {key: [number(p.grad.norm().item()), number(p.grad.flatten()[0].item())] for key, p in model.named_parameters()}
    trained, buffers = None, {}
    if size > 32:
        with torch.no_grad():
            trained = numbers(model.train()(x))
        buffers = {key: number(value.float().norm().item()) for key, value in model.named_buffers()}
    return {
        "model": name, "args": args or [], "options": described(options), "size": size,
        "state": {key: list(value.shape) for key, value in model.state_dict().items()},
        "evaluated": numbers(evaluated.detach()), "trained": trained, "gradients": gradients, "buffers": buffers,
    }


def function(name, size=32, **options):
    return run(name, getattr(models, name)(**options), options, size)


def resnet(block, layers, size=32, **options):
    return run("ResNet", ResNet(block, layers, **options), options, size, [block.__name__, layers])


def transformer(**options):
    given = {**SMALL, **options}
    return run("VisionTransformer", VisionTransformer(**given), given, 32)


torch.manual_seed(0)
cases = [
    function("resnet18", num_classes=10),
    function("resnet34", num_classes=4),
    function("resnet50", num_classes=4),
    function("mobilenet_v2", num_classes=4, dropout=0.1),
    resnet(BasicBlock, [1, 1, 1, 1], 96, num_classes=3, zero_init_residual=True),
    resnet(BasicBlock, [1, 2, 1, 1], num_classes=3, norm_layer=group_norm),
    resnet(Bottleneck, [1, 1, 2, 1], num_classes=3, groups=4, width_per_group=8, zero_init_residual=True),
    resnet(Bottleneck, [1, 1, 1, 2], num_classes=3, replace_stride_with_dilation=[False, True, True], width_per_group=32),
    function("mobilenet_v2", num_classes=3, width_mult=0.35, round_nearest=4),
    function("mobilenet_v2", 64, num_classes=3, dropout=0.0, round_nearest=16, inverted_residual_setting=[[1, 16, 1, 1], [2.5, 24, 2, 2], [3, 32, 1, 2]]),
    function("mobilenet_v2", num_classes=3, norm_layer=group_norm, round_nearest=16, inverted_residual_setting=[[1, 16, 1, 1], [2.5, 24, 2, 2], [3, 32, 1, 2]]),
    transformer(),
    transformer(representation_size=20, dropout=0.1, attention_dropout=0.2),
    transformer(norm_layer=partial(nn.LayerNorm, eps=1e-6), conv_stem_configs=[ConvStemConfig(*config) for config in STEM]),
]
# The gradients of the normalizations are the same for both spellings of this option.
cases[-1]["options"]["normLayer"] = "layerNorm"
full = {name: {key: list(value.shape) for key, value in getattr(models, name)().state_dict().items()} for name in ["resnet18", "mobilenet_v2", "vit_b_16"]}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "torchvision": torchvision.__version__, "full": full, "cases": cases}) + "\n")
print(OUT.stat().st_size, "bytes")
