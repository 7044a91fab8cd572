"""Writes packages/core/src/nn/fixtures/attention.json: attention and transformers of PyTorch, with all gradients.

Usage: python tests/parity/record_attention.py
"""

import json
import math
import warnings
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from recorded_numbers import camel, typed_numbers

warnings.filterwarnings("ignore")
OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/attention.json"


def numbers(tensor):
    return typed_numbers(tensor, "bool" if tensor.dtype == torch.bool else "float32")


def options_of(options):
    return {camel(key): value for key, value in options.items() if key != "dropout"}


def with_gradients(module, outputs, inputs):
    weights = [torch.randn_like(output) for output in outputs]
    parameters = dict(module.named_parameters()) if module is not None else {}
    wanted = [*inputs, *parameters.values()]
    found = torch.autograd.grad(outputs, wanted, weights, allow_unused=True)
    found = [torch.zeros_like(w) if g is None else g for w, g in zip(wanted, found)]
    return {
        "inputs": [numbers(value) for value in inputs],
        "outputs": [numbers(output) for output in outputs],
        "dys": [numbers(weight) for weight in weights],
        "dinputs": [numbers(gradient) for gradient in found[: len(inputs)]],
        "gradients": {name: numbers(gradient) for name, gradient in zip(parameters, found[len(inputs) :])},
    }


def randomize(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, 0.4)
    return module


def state_of(module):
    return {name: numbers(value) for name, value in module.state_dict().items()}


def hidden(*shape, share=0.4):
    mask = torch.rand(shape) < share
    mask[..., 0] = False
    return mask


def multihead(args, options, shapes, call):
    module = randomize(nn.MultiheadAttention(*args, dropout=0.0, **options))
    tensors = [torch.randn(*shape, requires_grad=True) for shape in shapes]
    query, key, value = tensors if len(tensors) == 3 else (tensors[0], tensors[-1], tensors[-1])
    y, weights = module(query, key, value, **call)
    outputs = [y] + ([] if weights is None else [weights])
    return {
        "args": list(args),
        "options": options_of(options),
        "call": {camel(key): numbers(v) if isinstance(v, torch.Tensor) else v for key, v in call.items()},
        "state": state_of(module),
        **with_gradients(module, outputs, tensors),
    }


def module_case(kind, module, shapes, masks):
    randomize(module)
    tensors = [torch.randn(*shape, requires_grad=True) for shape in shapes]
    y = module(*tensors, **masks)
    return {
        "kind": kind,
        "masks": {camel(key): numbers(v) if isinstance(v, torch.Tensor) else v for key, v in masks.items()},
        "state": state_of(module),
        **with_gradients(module, [y], tensors),
    }


def product(shapes, call):
    tensors = [torch.randn(*shape, requires_grad=True) for shape in shapes]
    y = F.scaled_dot_product_attention(*tensors, **call)
    return {"call": {camel(key): numbers(v) if isinstance(v, torch.Tensor) else v for key, v in call.items()}, **with_gradients(None, [y], tensors)}


torch.manual_seed(17)
none_seen = torch.zeros(3, 4, dtype=torch.bool)
none_seen[1] = True
per_head = hidden(4, 3, 5)
float_mask = torch.randn(3, 5)
float_mask[0, 2] = -math.inf
causal = nn.Transformer.generate_square_subsequent_mask
MULTIHEAD = [
    multihead((8, 2), {}, [(3, 2, 8)], {}),
    multihead((8, 2), {"batch_first": True}, [(2, 3, 8), (2, 5, 8)], {}),
    multihead((8, 2), {"batch_first": True}, [(2, 3, 8), (2, 5, 8)], {"need_weights": False}),
    multihead((8, 4), {"batch_first": True}, [(2, 3, 8), (2, 5, 8), (2, 5, 8)], {"average_attn_weights": False}),
    multihead((8, 2), {"kdim": 3, "vdim": 5}, [(3, 2, 8), (4, 2, 3), (4, 2, 5)], {}),
    multihead((8, 2), {"kdim": 3, "vdim": 5, "bias": False, "add_bias_kv": True}, [(3, 2, 8), (4, 2, 3), (4, 2, 5)], {"key_padding_mask": hidden(2, 4)}),
    multihead((8, 2), {"add_bias_kv": True, "add_zero_attn": True}, [(3, 2, 8), (5, 2, 8)], {"attn_mask": per_head, "key_padding_mask": hidden(2, 5)}),
    multihead((8, 2), {"add_zero_attn": True, "batch_first": True}, [(2, 3, 8)], {"attn_mask": hidden(3, 3)}),
    multihead((8, 2), {"batch_first": True}, [(2, 3, 8), (2, 5, 8)], {"attn_mask": float_mask}),
    multihead((8, 2), {"batch_first": True}, [(2, 3, 8), (2, 5, 8)], {"attn_mask": float_mask, "key_padding_mask": torch.randn(2, 5)}),
    multihead((8, 2), {"batch_first": True}, [(2, 4, 8)], {"attn_mask": causal(4), "is_causal": True, "need_weights": False}),
    multihead((8, 2), {"batch_first": True}, [(1, 3, 8), (1, 4, 8)], {"attn_mask": none_seen, "need_weights": False}),
    multihead((6, 3), {}, [(3, 6), (4, 6)], {"key_padding_mask": hidden(4)}),
    multihead((6, 3), {"bias": False}, [(3, 6)], {"need_weights": False}),
    multihead((1, 1), {}, [(1, 1, 1)], {}),
    multihead((4, 1), {"batch_first": True}, [(2, 1, 4), (2, 1, 4)], {"attn_mask": torch.zeros(1, 1)}),
]

encoder_layer = lambda **options: nn.TransformerEncoderLayer(8, 2, dim_feedforward=6, dropout=0.0, **options)
decoder_layer = lambda **options: nn.TransformerDecoderLayer(8, 2, dim_feedforward=6, dropout=0.0, **options)
MODULES = [
    module_case("encoderLayer", encoder_layer(), [(3, 2, 8)], {}),
    module_case("encoderLayer normFirst gelu", encoder_layer(norm_first=True, activation="gelu", batch_first=True), [(2, 3, 8)], {"src_key_padding_mask": hidden(2, 3)}),
    module_case("encoderLayer without bias", encoder_layer(bias=False, layer_norm_eps=1e-3), [(4, 8)], {"src_mask": causal(4)}),
    module_case("encoder", nn.TransformerEncoder(encoder_layer(batch_first=True), 2, enable_nested_tensor=False), [(2, 3, 8)], {"mask": hidden(3, 3), "src_key_padding_mask": hidden(2, 3)}),
    module_case("encoder with norm", nn.TransformerEncoder(encoder_layer(), 2, norm=nn.LayerNorm(8), enable_nested_tensor=False), [(3, 2, 8)], {"mask": causal(3), "is_causal": True}),
    module_case("decoderLayer", decoder_layer(), [(3, 2, 8), (4, 2, 8)], {}),
    module_case("decoderLayer normFirst", decoder_layer(norm_first=True, batch_first=True), [(2, 3, 8), (2, 4, 8)], {"tgt_mask": causal(3), "memory_mask": hidden(3, 4), "memory_key_padding_mask": hidden(2, 4)}),
    module_case("decoder", nn.TransformerDecoder(decoder_layer(activation="gelu"), 2, norm=nn.LayerNorm(8)), [(3, 2, 8), (4, 2, 8)], {"tgt_key_padding_mask": hidden(2, 3), "tgt_mask": hidden(4, 3, 3)}),
    module_case("transformer", nn.Transformer(8, 2, 1, 2, dim_feedforward=6, dropout=0.0, batch_first=True), [(2, 4, 8), (2, 3, 8)], {"tgt_mask": causal(3), "src_key_padding_mask": hidden(2, 4), "memory_key_padding_mask": hidden(2, 4)}),
]
all_hidden = torch.ones(2, 4, 3, 5, dtype=torch.bool)
all_hidden[:, :, 1] = False
PRODUCTS = [
    product([(2, 4, 3, 6), (2, 2, 5, 6), (2, 2, 5, 6)], {"enable_gqa": True}),
    product([(2, 4, 3, 6), (2, 1, 5, 6), (2, 1, 5, 6)], {"enable_gqa": True, "attn_mask": ~hidden(3, 5)}),
    product([(2, 4, 3, 6), (2, 2, 3, 6), (2, 2, 3, 6)], {"enable_gqa": True, "is_causal": True, "scale": 0.3}),
    product([(2, 4, 3, 6), (2, 4, 5, 6), (2, 4, 5, 6)], {"attn_mask": all_hidden}),
    product([(2, 4, 3, 6), (2, 4, 5, 6), (2, 4, 5, 6)], {"attn_mask": float_mask}),
    product([(3, 1, 2), (3, 1, 2), (3, 1, 2)], {}),
]
OUT.write_text(json.dumps({"torch": torch.__version__, "multihead": MULTIHEAD, "modules": MODULES, "products": PRODUCTS}, separators=(",", ":")) + "\n")
print(OUT.stat().st_size)
