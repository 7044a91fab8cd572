"""Weights that a formula gives, so that fixtures of large models need not hold them.

`packages/vision/src/models/formula-weights-under-test.ts` has the same formula.
"""

import numpy
import torch


def uniform(seed, size):
    """Numbers from -1 to 1: a multiplication and two shifts of 32-bit integers each, exact in every language."""
    with numpy.errstate(over="ignore"):
        x = numpy.arange(size, dtype=numpy.uint32) * numpy.uint32(2654435761) + numpy.uint32(seed * 40503 + 1)
        x ^= x >> numpy.uint32(15)
        x *= numpy.uint32(2246822519)
        x ^= x >> numpy.uint32(13)
    return x.astype(numpy.float64) / 2**31 - 1


def formula(index, key, shape):
    """The value of the entry at an index of a state dict."""
    size = int(numpy.prod(shape, dtype=numpy.int64))
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    u = uniform(index, size)
    if key.endswith("running_var"):
        values = 1 + 0.5 * u
    elif len(shape) > 1:
        values = u * numpy.sqrt(3 / numpy.prod(shape[1:], dtype=numpy.float64))
    elif key.endswith("weight"):
        values = 1 + 0.2 * u
    else:
        values = 0.1 * u
    return torch.from_numpy(values.astype(numpy.float32)).reshape(shape)


def fill(model):
    state = model.state_dict()
    model.load_state_dict({key: formula(index, key, tuple(value.shape)) for index, (key, value) in enumerate(state.items())})
    return model
