"""Records frames of LZ4 with every kind of header, made by the Python package lz4, and what they hold.

usage: python tests/parity/record_lz4.py
"""

import base64
import itertools
import json
from pathlib import Path

import lz4.frame

OUT = Path("packages/data/src/compression/fixtures")
# Formulas, so that the fixture stays small: a test makes the same bytes.
CONTENTS = {
    "nothing": b"",
    "one byte": b"a",
    "a short text": b"abc" * 5,
    "noise": bytes((i * i * 7919 + i * 31) % 251 for i in range(300)),
    "zeros": bytes(200_000),
    "words": b"".join(b"w%d " % (i * 7 % 40) for i in range(40_000)),
}

frames = []
for (name, content), linked, checks, stores_size, block_size in itertools.product(
    CONTENTS.items(), (True, False), (True, False), (True, False), (4, 7)
):
    frame = lz4.frame.compress(
        content,
        block_size=block_size,
        block_linked=linked,
        content_checksum=checks,
        block_checksum=checks,
        store_size=stores_size,
    )
    options = f"linked {linked}, checksums {checks}, size {stores_size}, blocks {block_size}"
    frames.append({"name": f"{name}: {options}", "content": name, "base64": base64.b64encode(frame).decode()})
OUT.mkdir(exist_ok=True)
(OUT / "lz4.json").write_text(json.dumps({"lz4": lz4.__version__, "frames": frames}) + "\n")
