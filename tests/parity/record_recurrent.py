"""Writes packages/core/src/nn/fixtures/recurrent.json: recurrent layers and cells of PyTorch, with all gradients.

Usage: python tests/parity/record_recurrent.py
"""

import json
from pathlib import Path

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recorded_numbers import camel, numbers

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/recurrent.json"


# kind, input size, hidden size, options, steps, batch (None: unbatched), lengths, whether states are passed
LAYERS = [
    ("LSTM", 3, 4, {}, 4, 2, None, False),
    ("LSTM", 3, 4, {}, 4, 2, None, True),
    ("LSTM", 2, 3, {"num_layers": 2, "bidirectional": True}, 3, 2, None, True),
    ("LSTM", 2, 3, {"batch_first": True, "bias": False}, 5, 3, None, True),
    ("LSTM", 2, 4, {"proj_size": 2}, 3, 2, None, True),
    ("LSTM", 2, 4, {"proj_size": 1, "bidirectional": True, "num_layers": 2}, 3, 2, [3, 1], True),
    ("LSTM", 2, 3, {"bidirectional": True}, 4, 3, [2, 4, 1], True),
    ("LSTM", 2, 3, {"num_layers": 2, "batch_first": True}, 4, 3, [4, 3, 3], False),
    ("LSTM", 3, 2, {}, 4, None, None, True),
    ("LSTM", 3, 2, {"batch_first": True, "bidirectional": True}, 2, None, None, False),
    ("LSTM", 1, 1, {}, 1, 1, None, True),
    ("LSTM", 2, 3, {"bidirectional": True}, 1, 2, [1, 1], False),
    ("GRU", 3, 4, {}, 4, 2, None, False),
    ("GRU", 2, 3, {"num_layers": 2, "bidirectional": True}, 3, 2, None, True),
    ("GRU", 2, 3, {"batch_first": True, "bias": False}, 5, 3, None, True),
    ("GRU", 2, 3, {"bidirectional": True}, 4, 3, [2, 4, 1], True),
    ("GRU", 3, 2, {}, 3, None, None, True),
    ("GRU", 1, 1, {}, 1, 1, None, True),
    ("RNN", 3, 4, {}, 4, 2, None, False),
    ("RNN", 3, 4, {"nonlinearity": "relu"}, 4, 2, None, True),
    ("RNN", 2, 3, {"num_layers": 2, "bidirectional": True}, 3, 2, [1, 3], True),
    ("RNN", 2, 3, {"batch_first": True, "bias": False, "nonlinearity": "relu"}, 5, 3, None, False),
    ("RNN", 3, 2, {}, 3, None, None, True),
    ("RNN", 1, 1, {"nonlinearity": "relu"}, 1, 1, None, True),
]

CELLS = [
    ("LSTMCell", 3, 4, {}, 2, True),
    ("LSTMCell", 3, 4, {"bias": False}, 2, False),
    ("LSTMCell", 1, 1, {}, None, True),
    ("GRUCell", 3, 4, {}, 2, True),
    ("GRUCell", 3, 4, {"bias": False}, None, False),
    ("RNNCell", 3, 4, {}, 2, True),
    ("RNNCell", 3, 4, {"nonlinearity": "relu"}, 2, False),
    ("RNNCell", 1, 2, {}, None, True),
]


def gradients(outputs, inputs, module):
    """Gradients of the outputs' sum, each weighted by random numbers."""
    weights = [torch.randn_like(output) for output in outputs]
    parameters = dict(module.named_parameters())
    wanted = [*inputs, *parameters.values()]
    found = torch.autograd.grad(outputs, wanted, weights, allow_unused=True)
    found = [torch.zeros_like(w) if g is None else g for w, g in zip(wanted, found)]
    return (
        [numbers(weight) for weight in weights],
        [numbers(gradient) for gradient in found[: len(inputs)]],
        {name: numbers(gradient) for name, gradient in zip(parameters, found[len(inputs) :])},
    )


def case(kind, sizes, options, lengths, module, inputs, outputs):
    dys, dinputs, dparameters = gradients(outputs, inputs, module)
    return {
        "kind": kind,
        "sizes": sizes,
        "options": {camel(key): value for key, value in options.items()},
        "lengths": lengths,
        "state": {name: numbers(value) for name, value in module.state_dict().items()},
        "inputs": [numbers(value) for value in inputs],
        "outputs": [numbers(output) for output in outputs],
        "dys": dys,
        "dinputs": dinputs,
        "gradients": dparameters,
    }


def layer_case(kind, input_size, hidden_size, options, steps, batch, lengths, has_states):
    module = getattr(torch.nn, kind)(input_size, hidden_size, **options)
    first = options.get("batch_first", False)
    shape = [steps] if batch is None else [batch, steps] if first else [steps, batch]
    x = torch.randn(*shape, input_size, requires_grad=True)
    count = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    middle = [] if batch is None else [batch]
    sizes = [options.get("proj_size", 0) or hidden_size] + ([hidden_size] if kind == "LSTM" else [])
    states = [torch.randn(count, *middle, size, requires_grad=True) for size in sizes] if has_states else []
    given = None if not states else tuple(states) if kind == "LSTM" else states[0]
    packed = x if lengths is None else pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
    y, last = module(packed, given)
    if lengths is not None:
        y, _ = pad_packed_sequence(y, batch_first=first, total_length=steps)
    outputs = [y, *(last if kind == "LSTM" else [last])]
    return case(kind, [input_size, hidden_size], options, lengths, module, [x, *states], outputs)


def cell_case(kind, input_size, hidden_size, options, batch, has_states):
    module = getattr(torch.nn, kind)(input_size, hidden_size, **options)
    leading = [] if batch is None else [batch]
    x = torch.randn(*leading, input_size, requires_grad=True)
    count = 2 if kind == "LSTMCell" else 1
    states = [torch.randn(*leading, hidden_size, requires_grad=True) for _ in range(count)] if has_states else []
    given = None if not states else tuple(states) if kind == "LSTMCell" else states[0]
    last = module(x, given)
    outputs = list(last) if kind == "LSTMCell" else [last]
    return case(kind, [input_size, hidden_size], options, None, module, [x, *states], outputs)


def packing_case(lengths, first):
    padded = torch.randn(len(lengths), max(lengths) + 1, 2) if first else torch.randn(max(lengths) + 1, len(lengths), 2)
    packed = pack_padded_sequence(padded, lengths, batch_first=first, enforce_sorted=False)
    again, counts = pad_packed_sequence(packed, batch_first=first, padding_value=-1.5)
    return {
        "lengths": lengths,
        "batchFirst": first,
        "padded": numbers(padded),
        "data": numbers(packed.data),
        "batchSizes": packed.batch_sizes.tolist(),
        "sortedIndices": packed.sorted_indices.tolist(),
        "unsortedIndices": packed.unsorted_indices.tolist(),
        "again": numbers(again),
        "counts": counts.tolist(),
    }


torch.manual_seed(13)
OUT.write_text(
    json.dumps(
        {
            "torch": torch.__version__,
            "layers": [layer_case(*case) for case in LAYERS],
            "cells": [cell_case(*case) for case in CELLS],
            "packing": [packing_case([2, 4, 1], True), packing_case([3, 3], False), packing_case([1, 2, 2, 5], False)],
        },
        separators=(",", ":"),
    )
    + "\n"
)
print(OUT.stat().st_size)
