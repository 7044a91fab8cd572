"""Records the pixels of the PNG files that torchvision's save_image writes.

usage: python tests/parity/record_save_image.py
"""

import io
import json
from pathlib import Path

import numpy
import torch
import torchvision
from PIL import Image
from torchvision.utils import save_image

from recorded_numbers import numbers

OUT = Path("packages/vision/src/transforms/fixtures/save-image.json")
torch.manual_seed(3)
SOURCES = {
    "unit": torch.rand(5, 3, 4, 6),
    "wide": torch.randn(5, 3, 4, 6) * 2,
    "grey": torch.rand(3, 1, 5, 5),
    "one": torch.rand(3, 4, 7),
    # Numbers between two bytes, and what lies outside.
    "ties": torch.tensor([[[0.0, 0.5, 1.0, -1.0, 2.0], [0.5 / 255, 1.5 / 255, 2.5 / 255, 253.5 / 255, 254.5 / 255]]]),
}
OPTIONS = (
    {},
    {"nrow": 2, "padding": 1, "padValue": 0.5},
    {"normalize": True},
    {"normalize": True, "valueRange": [-0.5, 0.75]},
    {"normalize": True, "scaleEach": True, "nrow": 3},
)
PYTHON = {"nrow": "nrow", "padding": "padding", "padValue": "pad_value", "normalize": "normalize"} | {
    "valueRange": "value_range",
    "scaleEach": "scale_each",
}

files = []
for source, images in SOURCES.items():
    for options in OPTIONS:
        keywords = {PYTHON[key]: tuple(value) if key == "valueRange" else value for key, value in options.items()}
        buffer = io.BytesIO()
        save_image(images, buffer, format="png", **keywords)
        pixels = numpy.asarray(Image.open(buffer))
        files.append(
            {"source": source, "options": options, "shape": list(pixels.shape), "pixels": pixels.flatten().tolist()}
        )
recorded = {
    "torchvision": torchvision.__version__,
    "sources": {name: numbers(images, 9) for name, images in SOURCES.items()},
    "files": files,
}
OUT.write_text(json.dumps(recorded, separators=(",", ":")) + "\n")
