"""Records files of numpy.save and numpy.savez with the values in them.

usage: python tests/parity/record_arrays.py
"""

import base64
import io
import json
from pathlib import Path

import numpy

OUT = Path("packages/data/src/arrays/fixtures")


def plain(value):
    if isinstance(value, float):
        return "NaN" if value != value else "Infinity" if value == numpy.inf else "-Infinity" if value == -numpy.inf else value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53 else value


def described(array):
    wide = array.astype("float32") if array.dtype == numpy.float16 else array
    values = [plain(value) for value in wide.flatten().tolist()]
    if array.dtype.kind == "S":
        values = [value.decode("latin1") for value in wide.flatten().tolist()]
    return {"dtype": array.dtype.str, "shape": list(array.shape), "values": values}


ARRAYS = {
    "floats": numpy.array([[0.1, -2.5, numpy.nan], [numpy.inf, -numpy.inf, 3e38]], dtype="<f4"),
    "doubles": numpy.linspace(-1, 1, 7),
    "halves": numpy.array([1.5, -0.25, 65504, 6e-8], dtype="f2"),
    "bytes": numpy.arange(24, dtype="u1").reshape(2, 3, 4),
    "signed bytes": numpy.array([-128, 127], dtype="i1"),
    "shorts": numpy.array([[1, -2], [3, 4]], dtype=">i2"),
    "unsigned shorts": numpy.array([65535], dtype="u2"),
    "integers": numpy.array([-(2**31), 2**31 - 1], dtype="i4"),
    "unsigned": numpy.array([2**32 - 1], dtype="u4"),
    "longs": numpy.array([2**62, -1, 7], dtype="i8"),
    "big doubles": numpy.array([1.25, -3], dtype=">f8"),
    "flags": numpy.array([True, False, True]),
    "words": numpy.array(["a", "Zürich", "🙂"]),
    "byte words": numpy.array([b"ab", b"c"]),
    "columns first": numpy.asfortranarray(numpy.arange(24, dtype="i4").reshape(2, 3, 4)),
    "one": numpy.array(4.5),
    "none": numpy.zeros((0, 3)),
}

files = []
for name, array in ARRAYS.items():
    buffer = io.BytesIO()
    numpy.save(buffer, array)
    files.append({"name": name, **described(array), "base64": base64.b64encode(buffer.getvalue()).decode()})
archives = []
for name, save in (("stored", numpy.savez), ("compressed", numpy.savez_compressed)):
    buffer = io.BytesIO()
    chosen = {key.replace(" ", "_"): ARRAYS[key] for key in ("floats", "bytes", "words", "columns first")}
    save(buffer, **chosen)
    archives.append(
        {
            "name": name,
            "base64": base64.b64encode(buffer.getvalue()).decode(),
            "arrays": {key: described(array) for key, array in chosen.items()},
        }
    )
OUT.mkdir(exist_ok=True)
recorded = {"numpy": numpy.__version__, "files": files, "archives": archives}
(OUT / "numpy.json").write_text(json.dumps(recorded) + "\n")
