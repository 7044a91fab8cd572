"""Reads the file that start-file.ts writes."""

import json
import struct

import torch

DTYPES = {"F32": torch.float32, "I32": torch.int32}


def read_start(path, model):
    """The model with the file's weights, and the file's inputs and targets. No byte lies in memory twice."""
    tensors = {}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            content = bytearray(end - begin)
            file.seek(8 + length + begin)
            file.readinto(content)
            tensors[name] = torch.frombuffer(content, dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
    model.load_state_dict({name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")})
    inputs = tensors["inputs"]
    return model, inputs if inputs.is_floating_point() else inputs.long(), tensors["targets"].long()
