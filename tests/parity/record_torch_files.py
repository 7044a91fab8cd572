"""Writes small files with torch.save and records what is in them.

Each file is base64 beside what a reader should find: plain values, and tensors as dtype, shape and values.
Run: python tests/parity/record_torch_files.py
"""

import argparse
import base64
import collections
import io
import json
import math
import pathlib
import warnings
import zipfile
from pathlib import Path

import numpy as np
import torch

OUT = Path(__file__).parents[2] / "packages/torch-files/src/fixtures/torch-files.json"
torch.manual_seed(0)
warnings.filterwarnings("ignore")


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def rewritten(file, change=lambda name, data: data, **options):
    """The same members in another zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", **options) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def big_endian(file, widths):
    """What a machine of the other byte order would have written."""

    def change(name, data):
        if name.endswith("/byteorder"):
            return b"big"
        key = name.rpartition("/data/")[2]
        if key in widths:
            return np.frombuffer(data, dtype=f"<u{widths[key]}").byteswap().tobytes()
        return data

    turned = rewritten(file, change)
    return turned


def number(value):
    if isinstance(value, int):
        return str(value)
    return repr(value) if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")


def described(value):
    """As the test sees a value: tensors as objects, tuples and sets as lists."""
    if isinstance(value, torch.Tensor):
        flat = value.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
        if flat.is_complex():
            flat = torch.view_as_real(flat.to(torch.complex128)).reshape(-1)
        if str(flat.dtype).startswith("torch.float8") or flat.dtype == torch.bfloat16:
            flat = flat.float()
        dtype = str(value.dtype).removeprefix("torch.")
        return {"dtype": dtype, "shape": list(value.shape), "values": [number(x) for x in flat.tolist()]}
    if isinstance(value, dict):
        return {str(key): described(item) for key, item in value.items()}
    if isinstance(value, argparse.Namespace):
        return described(vars(value))
    if isinstance(value, (list, tuple, set, frozenset)):
        return [described(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": list(value)}
    if isinstance(value, (torch.dtype, torch.device, pathlib.PurePath)):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return {"bigint": str(value)}
    return value


floats = torch.tensor([0.0, -0.0, 1.0, -2.5, 3.140625, math.inf, -math.inf, math.nan, 6e-5])
base = torch.arange(24.0).reshape(2, 3, 4)
big = torch.tensor([1, -2, 2**40, -(2**63), 2**63 - 1])

everything = {
    "floats": {name: floats.to(getattr(torch, name)) for name in ["float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"]},
    "integers": {
        **{name: torch.tensor([0, 1, 100]).to(getattr(torch, name)) for name in ["uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"]},
        "bool": torch.tensor([True, False]),
        "big": big,
    },
    "complex": {name: torch.tensor([1 + 2j, -3j], dtype=torch.complex64).to(getattr(torch, name)) for name in ["complex32", "complex64", "complex128"]},
    "views": {
        "whole": base,
        "transposed": base.transpose(0, 2),
        "slice": base[:, 1:, ::2],
        "expanded": base[0, 0, :1].expand(3, 2, 1),
        "scalar": base[1, 2, 3],
        "empty": base[:0],
        "reversed axes": base.permute(2, 0, 1)[1:3],
    },
    "parameter": torch.nn.Parameter(torch.ones(2)),
    "state dict": torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)).state_dict(),
}
plain = {
    "none": None,
    "flags": [True, False],
    "integers": [0, -1, 255, 256, 65535, 65536, -(2**31), 2**31, 2**53 - 1, -(2**53), 2**70, -(2**63)],
    "floats": [0.5, -1e300, 1e-320],
    "text": "Grüße, 世界 🌍",
    "empty": ["", b"", [], {}, (), set()],
    "bytes": bytes(range(256)),
    "bytearray": bytearray(b"ab"),
    "tuple": (1, (2, 3), (4, 5, 6, 7)),
    "sets": [{1}, frozenset([2])],
    "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
    "counter": collections.Counter("aab"),
    "default": collections.defaultdict(list, {"a": [1]}),
    "numbered": {0: "zero", 1: "one"},
    "size": torch.Size([2, 3]),
    "dtype": torch.bfloat16,
    "device": torch.device("cuda:1"),
    "namespace": argparse.Namespace(lr=0.1, layers=[1, 2]),
    "path": pathlib.PurePosixPath("/tmp/runs"),
    "numpy": [np.float64(0.25), np.int64(7), np.float32(0.5), np.bool_(True)],
    "shared": [base[0, 0]] * 2,
}
swapped = {"halves": torch.tensor([1.0, -2.5]).half(), "floats": torch.tensor([0.1, 2.0]), "longs": big, "complex": torch.tensor([1 + 2j])}
cases = {"everything": (saved(everything), everything), "plain values": (saved(plain), plain)}
for protocol in (3, 4, 5):
    cases[f"plain values, protocol {protocol}"] = (saved(plain, pickle_protocol=protocol), plain)
cases["protocol 4"] = (saved(everything["views"], pickle_protocol=4), everything["views"])
cases["deflated"] = (rewritten(saved(everything["views"]), compression=zipfile.ZIP_DEFLATED), everything["views"])
turned = big_endian(saved(swapped), {"0": 2, "1": 4, "2": 8, "3": 4})
loaded = torch.load(io.BytesIO(turned))
assert described(loaded) == described(swapped)
cases["the other byte order"] = (turned, swapped)
torch.serialization.set_crc32_options(False)
cases["without checksums"] = (saved(swapped), swapped)
torch.serialization.set_crc32_options(True)

record = {
    "torch": torch.__version__,
    "files": [{"name": name, "base64": base64.b64encode(file).decode(), "value": described(value)} for name, (file, value) in cases.items()],
    "legacy": base64.b64encode(saved(swapped, _use_new_zipfile_serialization=False)).decode(),
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(record, separators=(",", ":")) + "\n")
print(OUT, OUT.stat().st_size)
