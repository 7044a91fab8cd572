"""How recorded tensors and the names of options are written into fixtures."""

import math


def number(value, digits=7):
    """A float with so many digits; JSON has no word for NaN and infinities."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(f"{value:.{digits}g}")


def numbers(tensor, digits=7):
    """A tensor as its shape and values."""
    return {"shape": list(tensor.shape), "values": values(tensor, digits)}


def typed_numbers(tensor, dtype, digits=7):
    """A tensor with the type that it has in TypeScript."""
    return {"shape": list(tensor.shape), "dtype": dtype, "values": values(tensor, digits)}


def values(tensor, digits):
    return [number(value, digits) for value in tensor.detach().float().reshape(-1).tolist()]


def camel(name):
    """num_layers -> numLayers"""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
