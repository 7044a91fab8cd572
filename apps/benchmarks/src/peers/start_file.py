"""Reads the file that start-file.ts writes."""

import json
import struct

import torch

DTYPES = {"F32": torch.float32, "I32": torch.int32}


def read_start(path, model):
    """The model with the file's weights, and the file's inputs and targets."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = torch.frombuffer(content, dtype=DTYPES[entry["dtype"]], count=(end - begin) // 4, offset=begin)
        tensors[name] = values.reshape(entry["shape"])
    model.load_state_dict({name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")})
    inputs = tensors["inputs"]
    return model, inputs if inputs.is_floating_point() else inputs.long(), tensors["targets"].long()
