"""Records small PNG and JPEG files with the pixels that Pillow reads in them.

usage: python tests/parity/record_images.py
"""

import base64
import io
import json
from pathlib import Path

import numpy
import PIL
from PIL import Image

OUT = Path("packages/data/src/images/fixtures/images.json")
random = numpy.random.default_rng(2)
smooth = numpy.add.outer(numpy.arange(12) * 9, numpy.arange(10) * 7)
COLOURS = numpy.stack([smooth, 255 - smooth, numpy.full_like(smooth, 90)], -1).astype("u1")


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


noise = Image.fromarray(random.integers(0, 256, (7, 5, 3), "u1"))
FILES = {
    "colours.png": encoded(noise, "PNG"),
    "grey.png": encoded(noise.convert("L"), "PNG"),
    "transparent.png": encoded(Image.fromarray(random.integers(0, 256, (6, 4, 4), "u1"), "RGBA"), "PNG"),
    "grey and transparent.png": encoded(Image.fromarray(random.integers(0, 256, (6, 4, 2), "u1"), "LA"), "PNG"),
    "palette.png": encoded(noise.quantize(200), "PNG"),
    "small palette.png": encoded(noise.quantize(4), "PNG"),
    "black and white.png": encoded(noise.convert("1"), "PNG"),
    "colours.jpg": encoded(Image.fromarray(COLOURS), "JPEG", quality=95, subsampling=0),
    "halved colours.jpg": encoded(Image.fromarray(COLOURS), "JPEG", quality=90, subsampling=2),
    "grey.jpg": encoded(Image.fromarray(COLOURS).convert("L"), "JPEG", quality=95),
    "progressive.jpg": encoded(Image.fromarray(COLOURS), "JPEG", quality=95, progressive=True, subsampling=0),
}
files = []
for name, content in FILES.items():
    image = Image.open(io.BytesIO(content))
    files.append(
        {
            "name": name,
            "base64": base64.b64encode(content).decode(),
            "width": image.width,
            "height": image.height,
            "colours": numpy.asarray(image.convert("RGB")).flatten().tolist(),
            "grey": numpy.asarray(image.convert("L")).flatten().tolist(),
        }
    )
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps({"pillow": PIL.__version__, "files": files}, separators=(",", ":")) + "\n")
