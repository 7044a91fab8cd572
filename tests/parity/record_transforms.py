"""Records what torchvision's transforms make of one small image, as bytes and as numbers from 0 to 1.

usage: python tests/parity/record_transforms.py
"""

import json
import math
from pathlib import Path

import torch
import torchvision
from torchvision.transforms import functional as F
from torchvision.transforms.functional import InterpolationMode
from torchvision.utils import make_grid

from recorded_numbers import numbers

OUT = Path("packages/vision/src/transforms/fixtures/transforms.json")
torch.manual_seed(0)
PICTURE = torch.randint(0, 256, (3, 9, 11), dtype=torch.uint8)
MODES = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}

CASES = []


def record(name, options, make):
    for kind, image in (("bytes", PICTURE), ("tensor", PICTURE / 255)):
        try:
            CASES.append({"name": name, "options": options, "kind": kind, "result": numbers(make(image), 3 if kind == "bytes" else 7)})
        except (RuntimeError, TypeError) as error:
            print(name, kind, error)


for mode, value in MODES.items():
    for size in (5, [4, 7], [9, 22], [20, 6], [18, 22]):
        record(
            "resize",
            {"size": size, "interpolation": mode},
            lambda image: F.resize(image, size, interpolation=value, antialias=True),
        )
for size in (4, [5, 8], [12, 6], [14, 16]):
    record("centerCrop", {"size": size}, lambda image: F.center_crop(image, size))
for mode in ("constant", "edge", "reflect", "symmetric"):
    record(
        "pad", {"padding": [1, 2, 3, 4], "mode": mode}, lambda image: F.pad(image, [1, 2, 3, 4], 0, padding_mode=mode)
    )
for angle in (90, -90, 180, 20, -37.5):
    for mode in ("nearest", "bilinear"):
        record(
            "rotate",
            {"degrees": angle, "interpolation": mode},
            lambda image: F.rotate(image, angle, interpolation=MODES[mode]),
        )
record("hflip", {}, F.hflip)
record("vflip", {}, F.vflip)
for name, make, factors in (
    ("brightness", F.adjust_brightness, (0, 0.4, 1.7)),
    ("contrast", F.adjust_contrast, (0, 0.4, 1.7)),
    ("saturation", F.adjust_saturation, (0, 0.4, 1.7)),
    ("hue", F.adjust_hue, (-0.5, -0.2, 0, 0.3)),
):
    for factor in factors:
        record(name, {"factor": factor}, lambda image: make(image, factor))
for channels in (1, 3):
    record("grayscale", {"channels": channels}, lambda image: F.rgb_to_grayscale(image, channels))
for factor in (0, 0.4, 1.9):
    record("sharpness", {"factor": factor}, lambda image: F.adjust_sharpness(image, factor))
for x, y in ((0.3, 0), (-0.2, 0), (0, 0.3), (0, -0.1)):
    degrees = [math.degrees(math.atan(x)), math.degrees(math.atan(y))]
    record("shear", {"x": x, "y": y}, lambda image: F.affine(image, 0, [0, 0], 1.0, degrees, center=[0, 0]))
for x, y in ((3, 0), (-2, 0), (0, 4), (0, -1)):
    record("translate", {"x": x, "y": y}, lambda image: F.affine(image, 0, [x, y], 1.0, [0, 0]))
WIDE = torch.randint(0, 200, (3, 24, 26), dtype=torch.uint8)
WIDE[1] //= 4
WIDE[2] = 77
for name, options, make in (
    *(("posterize", {"bits": bits}, lambda image, bits=bits: F.posterize(image, bits)) for bits in (1, 4, 8)),
    *(("solarize", {"threshold": at}, lambda image, at=at: F.solarize(image, at)) for at in (0, 128, 178.5, 255)),
    ("autoContrast", {}, F.autocontrast),
    ("equalize", {}, F.equalize),
):
    for of, image in (("bytes", PICTURE), ("wide", WIDE)):
        CASES.append({"name": name, "options": options, "kind": of, "result": numbers(make(image), 3)})
normalized = F.normalize(PICTURE / 255, [0.4, 0.5, 0.6], [0.2, 0.3, 0.4])
CASES.append({"name": "normalize", "options": {}, "kind": "tensor", "result": numbers(normalized)})

GRIDS = []
batch = torch.rand(5, 3, 4, 3) * 3 - 1
grey = torch.rand(2, 1, 3, 2)
for source, images in (("batch", batch), ("grey", grey), ("one", batch[:1])):
    for options in (
        {},
        {"nrow": 2, "padding": 1, "pad_value": 0.5},
        {"normalize": True},
        {"normalize": True, "scale_each": True, "nrow": 3},
        {"normalize": True, "value_range": [0, 1]},
    ):
        called = {**options, **({"value_range": tuple(options["value_range"])} if "value_range" in options else {})}
        GRIDS.append({"source": source, "options": options, "result": numbers(make_grid(images, **called))})

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(
    json.dumps(
        {
            "torchvision": torchvision.__version__,
            "picture": numbers(PICTURE),
            "cases": CASES,
            "wide": numbers(WIDE, 3),
            "images": {"batch": numbers(batch), "grey": numbers(grey), "one": numbers(batch[:1])},
            "grids": GRIDS,
        }
    )
    + "\n"
)
print(len(CASES), len(GRIDS), OUT.stat().st_size)
