"""Writes safetensors files with Python's safetensors, for the reader and the writer of core.

every-dtype.safetensors holds tensors of every dtype that the reader knows; every-dtype.json says what they hold.
same-bytes.safetensors holds what core's writer is given in its test; it must write the same bytes.
Run: python tests/parity/record_safetensors.py
"""

import json
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save

OUT = Path(__file__).parents[2] / "packages/core/src/codecs/fixtures"
OUT.mkdir(parents=True, exist_ok=True)

floats = [0.0, -0.0, 1.5, -2.25, 65504.0, 6e-8, float("inf"), float("-inf"), float("nan"), 0.1]
tensors = {
    "BOOL": torch.tensor([[True, False], [False, True]]),
    "U8": torch.tensor([0, 1, 255], dtype=torch.uint8),
    "I8": torch.tensor([-128, 0, 127], dtype=torch.int8),
    "U16": torch.tensor([0, 65535], dtype=torch.uint16),
    "I16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "U32": torch.tensor([0, 2147483647], dtype=torch.uint32),
    "I32": torch.tensor([[-2147483648, 2147483647, 0]], dtype=torch.int32),
    "U64": torch.tensor([3], dtype=torch.uint64),
    "I64": torch.tensor([-2147483648, 5, 2147483647]),
    "F16": torch.tensor(floats, dtype=torch.float16),
    "BF16": torch.tensor(floats, dtype=torch.bfloat16),
    "F32": torch.tensor(floats, dtype=torch.float32).reshape(2, 5),
    "F64": torch.tensor([*floats, 1e300], dtype=torch.float64),
    "scalar": torch.tensor(42.0),
    "empty": torch.zeros(0, 3),
    "größe 😀": torch.tensor([7], dtype=torch.int32),
}


def plain(value):
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, bool):
        return int(value)
    return str(value) if value != value or value in (float("inf"), float("-inf")) else value


(OUT / "every-dtype.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))
expected = {}
for name, tensor in tensors.items():
    read = tensor.to(torch.float32) if tensor.is_floating_point() else tensor
    expected[name] = {"shape": list(tensor.shape), "dtype": "float32" if tensor.is_floating_point() else "bool" if tensor.dtype == torch.bool else "int32", "values": plain(read.flatten().tolist())}
(OUT / "every-dtype.json").write_text(json.dumps({"safetensors": safetensors.__version__, "torch": torch.__version__, "tensors": expected}) + "\n")

same = {
    "fc.weight": torch.tensor([[0.5, -1.25, 3.0], [1e-7, float("inf"), -0.0]]),
    "fc.bias": torch.tensor([0.1, 0.2]),
    "mask": torch.tensor([True, False, True]),
    "a.steps": torch.tensor(7, dtype=torch.int32),
    "z.none": torch.zeros(0, 4),
    "größe 😀": torch.tensor([1.0]),
    "größe \ufffd": torch.tensor([2.0]),
}
(OUT / "same-bytes.safetensors").write_bytes(save(same, metadata={"__lightning__": '{"version":1,"text":"größe\\n"}'}))
