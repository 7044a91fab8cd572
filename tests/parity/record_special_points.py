"""Records PyTorch's values and gradients at special points: zeros of both signs, ties, infinities, NaN, saturation, nothing, one
element, everything masked. One entry per function and set of points; the expression says which function of PyTorch it is compared to.

Usage: python tests/parity/record_special_points.py
Writes packages/core/src/autograd/fixtures/special-points.json, which packages/core/src/autograd/special-points.test.ts reads.
"""

import itertools
import json
import math
from pathlib import Path

import torch
from torch.nn import functional as F

inf, nan = math.inf, math.nan
CASES = []
NAMES = set()
CONSTANTS = {}


def number(value):
    """JSON has no word for these."""
    if isinstance(value, (bool, int)):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 and math.copysign(1, value) < 0:
        return "-0"
    return float(f"{value:.8g}")


def numbers(tensor):
    dtypes = {torch.float32: "float32", torch.int32: "int32", torch.int64: "int32", torch.bool: "bool"}
    return {"shape": list(tensor.shape), "dtype": dtypes[tensor.dtype], "values": [number(value) for value in tensor.detach().reshape(-1).tolist()]}


def case(op, points, expression, *inputs, dy=None, **attributes):
    """Evaluates `expression` over the inputs a, b, c, … and differentiates it by those that are floats and not `const`."""
    name = f"{op}: {points}"
    assert name not in NAMES, name
    NAMES.add(name)
    tensors = [value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.float32) for value in inputs]
    for tensor in tensors:
        tensor.requires_grad_(tensor.is_floating_point() and id(tensor) not in CONSTANTS)
    scope = {"torch": torch, "F": F, "inf": inf, "nan": nan, **dict(zip("abcdefgh", tensors)), **attributes}
    result = eval(expression, scope)
    entry = {"name": name, "op": op, "torch": expression, "inputs": [numbers(tensor) for tensor in tensors], "attributes": attributes, "y": numbers(result), "gradients": None}
    if result.is_floating_point() and result.requires_grad:
        upstream = torch.tensor([1 + (i % 3) / 2 for i in range(result.numel())]).reshape(result.shape) if dy is None else torch.tensor(dy, dtype=torch.float32)
        found = torch.autograd.grad(result, [tensor for tensor in tensors if tensor.requires_grad], upstream, allow_unused=True)
        gradients = iter(found)
        if dy is not None:
            entry["dy"] = numbers(upstream)
        entry["gradients"] = [None if not tensor.requires_grad else (numbers(torch.zeros_like(tensor)) if (gradient := next(gradients)) is None else numbers(gradient)) for tensor in tensors]
    CASES.append(entry)


def const(value):
    """An input that no gradient is wanted for."""
    tensor = torch.tensor(value)
    CONSTANTS[id(tensor)] = tensor
    return tensor


def ints(*values):
    return torch.tensor(values, dtype=torch.int32)


def bools(value):
    return torch.tensor(value, dtype=torch.bool)


# --- functions of one number -------------------------------------------------------------------------------------------------
POINTS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 6.0, -6.0, 1e-30, -1e-30, 30.0, -30.0, 88.0, -88.0, 200.0, -200.0, inf, -inf, nan]
UNARY = {
    "abs": "torch.abs(a)", "acos": "torch.acos(a)", "acosh": "torch.acosh(a)", "asin": "torch.asin(a)", "asinh": "torch.asinh(a)",
    "atan": "torch.atan(a)", "atanh": "torch.atanh(a)", "ceil": "torch.ceil(a)", "cos": "torch.cos(a)", "cosh": "torch.cosh(a)",
    "erf": "torch.erf(a)", "exp": "torch.exp(a)", "expm1": "torch.expm1(a)", "floor": "torch.floor(a)", "log": "torch.log(a)",
    "log1p": "torch.log1p(a)", "logSigmoid": "F.logsigmoid(a)", "neg": "torch.neg(a)", "reciprocal": "torch.reciprocal(a)",
    "round": "torch.round(a)", "rsqrt": "torch.rsqrt(a)", "sigmoid": "torch.sigmoid(a)", "sign": "torch.sign(a)", "sin": "torch.sin(a)",
    "sinh": "torch.sinh(a)", "softplus": "F.softplus(a)", "sqrt": "torch.sqrt(a)", "square": "torch.square(a)", "tan": "torch.tan(a)",
    "tanh": "torch.tanh(a)", "relu": "F.relu(a)", "relu6": "F.relu6(a)", "elu": "F.elu(a)", "selu": "F.selu(a)",
    "F.relu": "F.relu(a)", "F.gelu": "F.gelu(a)", "F.gelu tanh": "F.gelu(a, approximate='tanh')", "F.silu": "F.silu(a)", "F.elu": "F.elu(a)",
    "F.softplus": "F.softplus(a)", "F.sigmoid": "F.sigmoid(a)", "F.tanh": "F.tanh(a)", "F.leakyRelu": "F.leaky_relu(a, 0.01)",
    "step": "torch.heaviside(a.detach(), torch.zeros([]))",
    "isNaN": "torch.isnan(a)", "isInf": "torch.isinf(a)", "isFinite": "torch.isfinite(a)",
}
for op, expression in UNARY.items():
    case(op, "special numbers", expression, POINTS)
case("leakyRelu", "special numbers", "F.leaky_relu(a, slope)", POINTS, slope=0.2)
case("clipByValue", "special numbers and both boundaries", "torch.clamp(a, low, high)", [-1.0, 2.0, *POINTS], low=-1, high=2)
case("prelu", "special numbers", "F.prelu(a.reshape(1, -1), b)", [[*POINTS]], [0.25] * len(POINTS))
case("prelu", "zero slope", "F.prelu(a, b)", [[0.0, -0.0, 1.0, -1.0]], [0.0, 0.0, 0.0, 0.0])
case("abs", "zero under a NaN and an infinite gradient", "torch.abs(a)", [0.0, 0.0, 1.0], dy=[nan, inf, nan])
case("relu", "NaN and infinite gradients", "F.relu(a)", [-1.0, 0.0, -1.0, 2.0], dy=[nan, inf, inf, inf])
case("F.relu", "NaN and infinite gradients", "F.relu(a)", [-1.0, 0.0, -1.0, 2.0], dy=[nan, inf, inf, inf])
case("sqrt", "no gradient at zero", "torch.sqrt(a)", [0.0, 4.0], dy=[0.0, 1.0])
case("F.dropout of everything", "special numbers", "F.dropout(a, p=1.0)", [0.0, 1.0, -2.0, inf, nan])

# --- functions of two numbers ------------------------------------------------------------------------------------------------
PAIR = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, inf, -inf, nan]
LEFT, RIGHT = [list(side) for side in zip(*itertools.product(PAIR, PAIR))]
BINARY = {
    "add": "torch.add(a, b)", "sub": "torch.sub(a, b)", "mul": "torch.mul(a, b)", "div": "torch.div(a, b)", "pow": "torch.pow(a, b)",
    "maximum": "torch.maximum(a, b)", "minimum": "torch.minimum(a, b)", "atan2": "torch.atan2(a, b)", "mod": "torch.remainder(a, b)",
    "floorDiv": "torch.div(a, b, rounding_mode='floor')", "squaredDifference": "F.mse_loss(a, b, reduction='none')",
    "equal": "torch.eq(a, b)", "notEqual": "torch.ne(a, b)", "less": "torch.lt(a, b)", "lessEqual": "torch.le(a, b)", "greater": "torch.gt(a, b)", "greaterEqual": "torch.ge(a, b)",
}
for op, expression in BINARY.items():
    case(op, "all pairs of special numbers", expression, LEFT, RIGHT)
for op in ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "atan2", "mod", "squaredDifference"]:
    expression = BINARY[op] if op != "squaredDifference" else "torch.square(a - b)"
    case(op, "a scalar against ties", expression, [[1.0, 2.0, 3.0], [2.0, 2.0, 1.0]], 2.0)
    case(op, "a row against a column", expression, [[1.0, 2.0, 3.0]], [[2.0], [3.0]])
    case(op, "against nothing", expression, torch.zeros([0, 3]), [1.0, 2.0, 3.0])
case("div", "tiny and huge divisors", "torch.div(a, b)", [1.0, 1e20, 1e-20, 1e30], [1e-25, 1e20, 1e-20, 1e25])
case("atan2", "tiny and huge numbers", "torch.atan2(a, b)", [1e-25, 1e25, 1e-25], [1e-25, 1e25, 1.0])
case("squared difference of equals", "under an infinite gradient", "torch.square(a - b)", [1.0, 2.0], [1.0, 1.0], dy=[1.0, 1.0])
case("pow of a scalar exponent", "zero base", "torch.pow(a, exponent)", [0.0, -0.0, 1.0, -2.0, inf], exponent=0)
case("pow of a scalar exponent", "zero base, one", "torch.pow(a, exponent)", [0.0, -0.0, 1.0, -2.0, inf], exponent=1)
case("pow of a scalar exponent", "zero base, two", "torch.pow(a, exponent)", [0.0, -0.0, 1.0, -2.0, inf], exponent=2)
case("pow of a scalar exponent", "zero base, a half", "torch.pow(a, exponent)", [0.0, 1.0, 4.0, inf], exponent=0.5)
case("where", "unselected infinities and NaN", "torch.where(c, a, b)", [1.0, nan, 2.0, inf], [nan, 1.0, inf, 2.0], bools([True, False, True, False]))
case("where", "NaN and infinite gradients", "torch.where(c, a, b)", [1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], bools([True, False, True, False]), dy=[nan, inf, 1.0, 2.0])
case("where", "a broadcast scalar", "torch.where(c, a, b)", [[1.0, 2.0], [3.0, 4.0]], 0.0, bools([[True, False], [False, True]]))
case("log of a clamped number", "zero", "torch.log(torch.maximum(a, torch.tensor(1e-7)))", [0.0, 1e-7, 1.0])

# --- reductions --------------------------------------------------------------------------------------------------------------
TIES = [[3.0, 1.0, 3.0, 3.0], [2.0, 2.0, 2.0, 2.0], [0.0, -0.0, -1.0, 0.0], [1.0, nan, 2.0, nan], [inf, inf, 1.0, -inf], [-inf, -inf, -inf, -inf]]
for op, name in [("max", "amax"), ("min", "amin")]:
    case(op, "ties along a row", f"torch.{name}(a, axis)", TIES, axis=1)
    case(op, "ties along a column", f"torch.{name}(a, axis)", TIES, axis=0)
    case(op, "ties over everything", f"torch.{name}(a)", TIES[:3])
    case(op, "kept dimensions", f"torch.{name}(a, axis, keepdim=keepDims)", TIES[:3], axis=1, keepDims=True)
    case(op, "one element", f"torch.{name}(a)", [5.0])
    case(op, "NaN over everything", f"torch.{name}(a)", [1.0, nan, 3.0])
case("argMax", "ties", "torch.argmax(a, axis)", [TIES[0], TIES[1], TIES[4], TIES[5]], axis=1)
case("argMin", "ties", "torch.argmin(a, axis)", [[1.0, 3.0, 1.0], [2.0, 2.0, 2.0], [-inf, 1.0, -inf], [inf, inf, inf]], axis=1)
case("argMax", "NaN", "torch.argmax(a, axis)", [[1.0, nan, 3.0], [nan, 1.0, 2.0], [nan, nan, nan], [1.0, 2.0, nan]], axis=1)
case("argMin", "NaN", "torch.argmin(a, axis)", [[1.0, nan, 0.0], [nan, 1.0, 2.0], [nan, nan, nan], [1.0, 2.0, nan]], axis=1)
case("sum", "special numbers", "torch.sum(a, axis)", [[1.0, -1.0], [inf, 1.0], [inf, -inf], [nan, 1.0]], axis=1)
case("sum", "nothing", "torch.sum(a)", torch.zeros([0]))
case("sum", "nothing along an axis", "torch.sum(a, axis)", torch.zeros([2, 0]), axis=1)
case("mean", "nothing", "torch.mean(a)", torch.zeros([0]))
case("mean", "nothing along an axis", "torch.mean(a, axis)", torch.zeros([2, 0]), axis=1)
case("mean", "one element", "torch.mean(a)", [3.0])
case("mean", "special numbers", "torch.mean(a, axis)", [[1.0, -1.0], [inf, 1.0], [inf, -inf], [nan, 1.0]], axis=1)
case("prod", "zeros", "torch.prod(a, axis)", [[1.0, 2.0, 3.0], [0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [-1.0, -0.0, 2.0]], axis=1)
case("prod", "everything, with a zero", "torch.prod(a)", [2.0, 0.0, 3.0])
case("prod", "one element", "torch.prod(a)", [0.0])
case("prod", "nothing", "torch.prod(a)", torch.zeros([0]))
case("cumsum", "special numbers", "torch.cumsum(a, axis)", [[1.0, 2.0, 3.0], [inf, 1.0, 2.0], [1.0, nan, 2.0]], axis=1)
case("cumsum", "nothing", "torch.cumsum(a, axis)", torch.zeros([0]), axis=0)
case("cumprod", "zeros", "torch.cumprod(a, axis)", [[1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 3.0, 5.0], [2.0, 0.0, 0.0, 3.0], [-1.0, 0.0, 2.0, -3.0], [2.0, 3.0, 5.0, 0.0]], axis=1)
case("cumprod", "one element", "torch.cumprod(a, axis)", [0.0], axis=0)
case("cumprod", "first axis", "torch.cumprod(a, axis)", [[1.0, 2.0], [0.0, 3.0], [4.0, 0.0]], axis=0)
case("cumprod exclusive", "zeros", "torch.cat([torch.ones(3, 1), torch.cumprod(a, 1)[:, :-1]], 1)", [[1.0, 2.0, 3.0], [0.0, 2.0, 3.0], [2.0, 0.0, 0.0]])
case("cumprod reversed", "zeros", "torch.flip(torch.cumprod(torch.flip(a, [1]), 1), [1])", [[1.0, 2.0, 3.0], [0.0, 2.0, 3.0], [2.0, 0.0, 0.0]])
case("logSumExp", "infinities", "torch.logsumexp(a, axis)", [[0.0, 0.0], [1.0, -inf], [-inf, -inf], [inf, 1.0], [inf, inf], [nan, 1.0], [100.0, 100.0]], axis=1)
case("logSumExp", "an infinity above others", "torch.logsumexp(a, axis)", [inf, 100.0, 1.0], axis=0)
case("logSumExp", "one element", "torch.logsumexp(a, axis)", [-inf], axis=0)
case("logSumExp", "everything, kept", "torch.logsumexp(a, axis, keepdim=keepDims)", [[-inf, -inf], [-inf, -inf]], axis=[0, 1], keepDims=True)
NORM_ROWS = [[0.0, 0.0], [3.0, 4.0], [0.0, -2.0], [-1.0, 1.0]]
case("norm", "zeros", "torch.linalg.vector_norm(a)", [0.0, 0.0])
case("norm", "one zero", "torch.linalg.vector_norm(a)", [0.0])
case("norm", "a scalar zero", "torch.linalg.vector_norm(a)", 0.0)
case("norm", "infinities", "torch.linalg.vector_norm(a)", [inf, 1.0])
case("norm along an axis", "zeros", "torch.linalg.vector_norm(a, order, 1)", NORM_ROWS, order=2)
case("norm along an axis", "zeros, order 1", "torch.linalg.vector_norm(a, order, 1)", NORM_ROWS, order=1)
case("norm along an axis", "zeros, order Infinity", "torch.linalg.vector_norm(a, inf, 1)", NORM_ROWS, order="Infinity")
case("norm along an axis", "zeros, order -Infinity", "torch.linalg.vector_norm(a, -inf, 1)", NORM_ROWS, order="-Infinity")
case("Frobenius norm", "zeros", "torch.linalg.matrix_norm(a)", [[[0.0, 0.0], [0.0, 0.0]], [[3.0, 0.0], [0.0, 4.0]]])
case("variance", "equal numbers", "torch.var(a, unbiased=False)", [2.0, 2.0, 2.0])
case("variance", "one element", "torch.var(a, unbiased=False)", [2.0])
case("square root of variance", "one element", "torch.sqrt(torch.var(a, unbiased=False))", [2.0])
case("topk", "ties", "torch.topk(a, 2)[0]", [[3.0, 1.0, 2.0], [5.0, 4.0, 4.5]])
case("topk", "infinities", "torch.topk(a, 2)[0]", [[inf, 1.0, -inf], [-inf, 4.0, -inf]])
ROWS = [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [-inf, 1.0, 2.0], [-inf, -inf, 1.0], [-inf, -inf, -inf], [inf, 1.0, 2.0], [nan, 1.0, 2.0], [1e30, 1.0, -1e30]]
for op, expression in {"softmax": "torch.softmax(a, 1)", "logSoftmax": "torch.log_softmax(a, 1)", "F.softmax": "F.softmax(a, 1)", "F.logSoftmax": "F.log_softmax(a, 1)"}.items():
    case(op, "infinite rows", expression, ROWS)
    case(op, "one class", expression, [[3.0], [-inf]])
    case(op, "no rows", expression, torch.zeros([0, 3]))

# --- gathering and shapes ----------------------------------------------------------------------------------------------------
case("gather", "a row taken twice, NaN in another", "torch.index_select(a, 0, b)", [[1.0, 2.0], [nan, 3.0], [inf, 4.0]], ints(0, 0, 2))
case("gather", "no index", "torch.index_select(a, 0, b)", [[1.0, 2.0], [3.0, 4.0]], torch.zeros([0], dtype=torch.int32))
case("concat", "NaN and nothing", "torch.cat([a, b])", [1.0, nan], torch.zeros([0]))
case("stack", "infinities", "torch.stack([a, b])", [1.0, inf], [nan, -0.0])
case("pad", "special numbers", "F.pad(a, [1, 1])", [inf, nan, 0.0], dy=[nan, 1.0, 2.0, 3.0, inf])
case("slice", "special numbers", "a[1:2]", [nan, 1.0, inf])
case("tile", "special numbers", "torch.tile(a, [2])", [nan, 1.0, inf])
case("reverse", "special numbers", "torch.flip(a, [0])", [nan, 1.0, inf])
case("matMul", "an infinity and zeros", "torch.matmul(a, b)", [[inf, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 2.0]])
case("matMul", "no rows", "torch.matmul(a, b)", torch.zeros([0, 2]), [[1.0, 2.0], [3.0, 4.0]])
case("matMul", "nothing to sum", "torch.matmul(a, b)", torch.zeros([2, 0]), torch.zeros([0, 3]))
case("F.linear", "no rows", "F.linear(a, b, c)", torch.zeros([0, 2]), [[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0])
case("F.linear with relu", "zero", "F.relu(F.linear(a, b, c))", [[0.0, 0.0], [1.0, -1.0]], [[1.0, 1.0], [2.0, 1.0]], [0.0, 0.0])

# --- pools, norms, products --------------------------------------------------------------------------------------------------
IMAGE = [[[[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, -0.0], [2.0, 3.0, -inf, -inf], [3.0, 3.0, -inf, -inf]]]]
case("F.maxPool2d", "ties", "F.max_pool2d(a, 2)", IMAGE)
case("F.maxPool2d overlapping", "ties", "F.max_pool2d(a, 2, 1)", IMAGE)
case("F.maxPool2d padded", "ties", "F.max_pool2d(a, 3, 2, 1)", IMAGE)
case("F.maxPool2d", "NaN", "F.max_pool2d(a, 2)", [[[[1.0, nan, 0.0, 2.0], [1.0, 1.0, 5.0, 3.0]]]])
case("F.maxPool1d", "ties", "F.max_pool1d(a, 2)", [[[1.0, 1.0, 0.0, 0.0]]])
case("F.avgPool2d", "infinities", "F.avg_pool2d(a, 2)", IMAGE)
case("F.layerNorm", "equal numbers", "F.layer_norm(a, [3], b, c)", [[2.0, 2.0, 2.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], [1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
case("F.layerNorm", "one feature", "F.layer_norm(a, [1], b, c)", [[2.0], [0.0]], [1.0], [0.5])
case("F.layerNorm", "infinities and NaN", "F.layer_norm(a, [2], b, c)", [[inf, 1.0], [1.0, 2.0], [nan, 0.0]], [1.0, 2.0], [0.5, 0.5])
case("F.layerNorm", "no rows", "F.layer_norm(a, [2], b, c)", torch.zeros([0, 2]), [1.0, 2.0], [0.5, 0.5])
case("F.groupNorm", "equal numbers", "F.group_norm(a, 2, b, c)", [[[2.0, 2.0], [2.0, 2.0], [1.0, 3.0], [0.0, 2.0]]], [1.0, 2.0, 3.0, 4.0], [0.5, 0.5, 0.5, 0.5])
case("F.batchNorm", "equal numbers", "F.batch_norm(a, None, None, b, c, training=True)", [[2.0, 1.0], [2.0, 3.0], [2.0, 0.0]], [1.0, 2.0], [0.5, 0.5])

# --- losses ------------------------------------------------------------------------------------------------------------------
LOGITS = [0.0, -0.0, 0.0, 0.0, 1.0, -1.0, 30.0, -30.0, 200.0, -200.0, 200.0, -200.0]
LABELS = [1.0, 0.0, 0.0, 0.5, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0]
case("F.binaryCrossEntropyWithLogits", "zero and saturation", "F.binary_cross_entropy_with_logits(a, b, reduction='none')", LOGITS, const(LABELS))
case("F.binaryCrossEntropyWithLogits", "gradients of targets", "F.binary_cross_entropy_with_logits(a, b, reduction='none')", [0.0, 1.0, -30.0], [0.5, 1.0, 0.0])
case("F.binaryCrossEntropyWithLogits", "infinities and NaN", "F.binary_cross_entropy_with_logits(a, b, reduction='none')", [inf, -inf, nan, inf, -inf], const([0.5, 0.5, 1.0, 1.0, 0.0]))
case("F.binaryCrossEntropyWithLogits with posWeight", "zero and saturation", "F.binary_cross_entropy_with_logits(a, b, pos_weight=c, reduction='none')", LOGITS, const(LABELS), const(3.0))
case("F.binaryCrossEntropyWithLogits mean", "nothing", "F.binary_cross_entropy_with_logits(a, b)", torch.zeros([0]), torch.zeros([0]))
case("F.binaryCrossEntropy", "saturation", "F.binary_cross_entropy(a, b, reduction='none')", [0.0, 0.0, 1.0, 1.0, 0.5, 1e-13, 1e-20, 0.0, 1.0, 1e-38], const([0.0, 1.0, 0.0, 1.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.0]))
case("F.binaryCrossEntropy of a sigmoid", "saturation", "F.binary_cross_entropy(torch.sigmoid(a), b, reduction='none')", [200.0, -200.0, 200.0, -200.0, 0.0, 20.0, -20.0, 88.0], const([0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0]))
case("F.binaryCrossEntropy", "gradients of targets", "F.binary_cross_entropy(a, b, reduction='none')", [0.25, 0.5, 0.9], [0.5, 1.0, 0.0])
case("F.binaryCrossEntropy mean", "nothing", "F.binary_cross_entropy(a, b)", torch.zeros([0]), torch.zeros([0]))
PAIRS = ([1.0, 0.0, -0.0, 2.0, 1.5, 0.5, inf, nan, 1.0], [1.0, 0.0, 0.0, 1.0, 1.0, 1.0, inf, 1.0, inf])
for op, name in [("F.l1Loss", "l1_loss"), ("F.mseLoss", "mse_loss"), ("F.smoothL1Loss", "smooth_l1_loss")]:
    case(op, "equal tensors and boundaries", f"F.{name}(a, b, reduction='none')", *PAIRS)
    case(f"{op} mean", "equal tensors", f"F.{name}(a, b)", [1.0, 2.0], [1.0, 2.0])
    case(f"{op} mean", "nothing", f"F.{name}(a, b)", torch.zeros([0]), torch.zeros([0]))
case("F.smoothL1Loss of beta 0", "equal tensors", "F.smooth_l1_loss(a, b, beta=0.0, reduction='none')", [1.0, 2.0, -1.0], [1.0, 1.0, 1.0])
case("F.smoothL1Loss of beta 0.5", "boundaries", "F.smooth_l1_loss(a, b, beta=0.5, reduction='none')", [1.5, 0.5, 1.0, 1.25, 3.0], [1.0, 1.0, 1.0, 1.0, 1.0])

CLASSES = [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [-inf, 1.0, 2.0], [200.0, -200.0, 0.0]]
case("F.crossEntropy", "a hidden class and saturation", "F.cross_entropy(a, b, reduction='none')", CLASSES, const([0, 1, 2, 0]))
case("F.crossEntropy", "a target that is hidden", "F.cross_entropy(a, b, reduction='none')", [[-inf, 1.0, 2.0], [1.0, 2.0, 3.0]], const([0, 1]))
case("F.crossEntropy", "a row that hides every class", "F.cross_entropy(a, b, reduction='none')", [[-inf, -inf, -inf], [1.0, 2.0, 3.0]], const([0, 1]))
case("F.crossEntropy mean", "some rows ignored", "F.cross_entropy(a, b)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [0.0, 0.0, 0.0]], const([0, -100, 1]))
case("F.crossEntropy mean", "an ignored row of NaN", "F.cross_entropy(a, b)", [[1.0, 2.0, 3.0], [nan, nan, nan], [0.0, 0.0, 0.0]], const([0, -100, 1]))
case("F.crossEntropy mean", "an ignored row that hides every class", "F.cross_entropy(a, b)", [[1.0, 2.0, 3.0], [-inf, -inf, -inf], [0.0, 0.0, 0.0]], const([0, -100, 1]))
case("F.crossEntropy mean", "all rows ignored", "F.cross_entropy(a, b)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], const([-100, -100]))
case("F.crossEntropy mean", "no rows", "F.cross_entropy(a, b)", torch.zeros([0, 3]), torch.zeros([0], dtype=torch.int64))
case("F.crossEntropy mean", "one class", "F.cross_entropy(a, b)", [[5.0], [-1.0]], const([0, 0]))
case("F.crossEntropy sum", "all rows ignored", "F.cross_entropy(a, b, reduction='sum')", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], const([-100, -100]))
case("F.crossEntropy smoothed", "some rows ignored", "F.cross_entropy(a, b, label_smoothing=0.1)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [0.0, 0.0, 0.0]], const([0, -100, 1]))
case("F.crossEntropy smoothed", "an ignored row of NaN", "F.cross_entropy(a, b, label_smoothing=0.1)", [[1.0, 2.0, 3.0], [nan, nan, nan]], const([0, -100]))
case("F.crossEntropy smoothed", "all rows ignored", "F.cross_entropy(a, b, label_smoothing=0.1)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], const([-100, -100]))
case("F.crossEntropy smoothed", "a hidden class", "F.cross_entropy(a, b, label_smoothing=0.1)", [[-inf, 1.0, 2.0], [1.0, 2.0, 3.0]], const([1, 0]))
case("F.crossEntropy weighted", "a weight of zero", "F.cross_entropy(a, b, weight=c)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], const([0, 1]), const([0.0, 2.0, 1.0]))
case("F.crossEntropy weighted", "all weights zero", "F.cross_entropy(a, b, weight=c)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], const([0, 0]), const([0.0, 2.0, 1.0]))
case("F.crossEntropy weighted", "all rows ignored", "F.cross_entropy(a, b, weight=c)", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], const([-100, -100]), const([1.0, 2.0, 1.0]))
case("F.crossEntropy weighted", "an ignored row of NaN", "F.cross_entropy(a, b, weight=c)", [[1.0, 2.0, 3.0], [nan, nan, nan]], const([0, -100]), const([1.0, 2.0, 1.0]))
case("F.crossEntropy weighted", "an infinite logit in a row of weight zero", "F.cross_entropy(a, b, weight=c)", [[inf, 1.0], [1.0, 2.0]], const([0, 1]), const([0.0, 1.0]))
case("F.crossEntropy of probabilities", "zeros", "F.cross_entropy(a, b)", [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], const([[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]]))
case("F.crossEntropy of probabilities", "a hidden class", "F.cross_entropy(a, b)", [[-inf, 1.0, 2.0], [0.0, 0.0, 0.0]], const([[0.0, 0.5, 0.5], [0.5, 0.5, 0.0]]))
LOGPROBS = [[-1.0, -0.5, -2.0], [-0.1, -3.0, -4.0]]
case("F.nllLoss", "one row ignored", "F.nll_loss(a, b)", LOGPROBS, const([-100, 1]))
case("F.nllLoss", "an ignored row of NaN", "F.nll_loss(a, b)", [[nan, nan, nan], [-0.1, -3.0, -4.0]], const([-100, 1]))
case("F.nllLoss", "all rows ignored", "F.nll_loss(a, b)", LOGPROBS, const([-100, -100]))
case("F.nllLoss", "minus infinity beside the target", "F.nll_loss(a, b)", [[-inf, -0.5, -2.0], [-0.1, -inf, -4.0]], const([1, 0]))

case("losses.absoluteDifference", "equal tensors", "F.l1_loss(a, b)", [1.0, 2.0, 0.0], const([1.0, 1.0, 0.0]))
case("losses.meanSquaredError", "equal tensors", "F.mse_loss(a, b)", [1.0, 2.0, 0.0], const([1.0, 1.0, 0.0]))
case("losses.huberLoss", "equal tensors and the boundary", "F.huber_loss(a, b)", [1.0, 2.0, 0.0, 3.0, 0.5], const([1.0, 1.0, 0.0, 1.0, 1.0]))
case("losses.sigmoidCrossEntropy", "zero and saturation", "F.binary_cross_entropy_with_logits(a, b)", LOGITS, const(LABELS))
case("losses.softmaxCrossEntropy", "saturation", "F.cross_entropy(a, b)", [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [200.0, -200.0, 0.0]], const([[0.0, 0.0, 1.0], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]))
case("losses.hingeLoss", "on the hinge", "torch.mean(torch.clamp(1 - (2 * b - 1) * a, min=0))", [0.0, 2.0, -3.0], const([1.0, 1.0, 0.0]))
case("losses.logLoss", "saturation", "torch.mean(-b * torch.log(a + 1e-7) - (1 - b) * torch.log(1 - a + 1e-7))", [0.0, 1.0, 0.5], const([0.0, 1.0, 1.0]))

# --- what users write ----------------------------------------------------------------------------------------------------------
case("stable sigmoid cross-entropy, written out", "zero", "F.binary_cross_entropy_with_logits(a, b, reduction='none')", [0.0, 0.0, 1.0, -1.0], const([0.0, 1.0, 0.0, 1.0]))
case("Kullback-Leibler divergence", "zero targets", "F.kl_div(a, b, reduction='none')", [-1.0, -2.0, -0.5], const([0.0, 0.5, 1.0]))
case("cosine similarity", "zeros", "F.cosine_similarity(a, b, 1)", [[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]], [[1.0, 2.0], [2.0, 1.0], [0.0, 0.0]])
case("normalize", "zeros", "F.normalize(a, dim=1)", [[0.0, 0.0], [3.0, 4.0], [0.0, 2.0]])
case("Euclidean distance", "equal points", "torch.linalg.vector_norm(a - b, dim=1)", [[1.0, 2.0], [0.0, 0.0]], [[1.0, 2.0], [3.0, 4.0]])

# --- attention ---------------------------------------------------------------------------------------------------------------
Q = [[[1.0, 0.5], [0.2, -0.3], [0.7, 0.1]]]
K = [[[0.3, 0.4], [-0.5, 0.6], [0.9, -0.2]]]
V = [[[1.0, 2.0], [3.0, 4.0], [5.0, -6.0]]]
ATTEND = "F.scaled_dot_product_attention(a, b, c, attn_mask=d)"
case("F.attention with a mask", "booleans that select", ATTEND, Q, K, V, bools([[True, False, True], [False, True, True], [True, True, True]]))
case("F.attention with a mask", "a row of booleans masked whole", ATTEND, Q, K, V, bools([[True, False, True], [False, False, False], [True, True, True]]))
case("F.attention with a mask", "all rows masked whole", ATTEND, Q, K, V, bools([[False] * 3] * 3))
case("F.attention with a mask", "numbers", ATTEND, Q, K, V, const([[0.0, -1.0, 2.0], [0.0, 0.0, 0.0], [-inf, 0.0, 0.0]]))
case("F.attention with a mask", "numbers, a row of minus infinity", ATTEND, Q, K, V, const([[0.0, -inf, 0.0], [-inf, -inf, -inf], [0.0, 0.0, -inf]]))
case("F.attention with a mask", "gradient of the mask", ATTEND, Q, K, V, [[0.0, -1.0, 2.0], [-inf, -inf, -inf], [0.0, 0.0, 1.0]])
case("F.attention with a mask", "NaN behind the mask", ATTEND, Q, K, [[[1.0, 2.0], [3.0, 4.0], [5.0, -6.0]]], bools([[True, False, False]] * 3))
case("F.attention with a mask and causal", "a row that is masked whole", "F.scaled_dot_product_attention(a, b, c, attn_mask=d & torch.ones(3, 3).tril().bool())", Q, K, V, bools([[False, True, True], [True, True, True], [True, True, True]]))
HEADS = [torch.sin(torch.arange(24.0) * speed).reshape(2, 2, 3, 2).tolist() for speed in (1, 2, 3)]
PADDED = [[[[True, True, False]]], [[[False, False, False]]]]
case("F.attention with a mask", "keys of padding in some sequences, a sequence of nothing else", ATTEND, *HEADS, bools(PADDED))
case("F.attention with a mask", "numbers for all heads", ATTEND, *HEADS, const([[0.0, -1.0, -inf], [-inf, -inf, -inf], [0.5, 0.0, 2.0]]))
case("F.attention", "one key", "F.scaled_dot_product_attention(a, b, c)", [[[1.0, 2.0]]], [[[1.0, 2.0]]], [[[3.0, 4.0]]])
case("F.attention causal", "huge scores", "F.scaled_dot_product_attention(a, b, c, is_causal=True, scale=1.0)", [[[1e18], [1e18], [1e18]]], [[[1e18], [0.25], [-1e18]]], [[[1.0], [2.0], [3.0]]])

# --- tfjs' other differentiable kernels, whose images have their channels last -----------------------------------------------------
LAST = ".permute(0, 2, 3, 1)"
NHWC = [[[[1.0], [1.0], [0.0], [0.0]], [[1.0], [1.0], [0.0], [-0.0]], [[2.0], [3.0], [4.0], [4.0]], [[3.0], [3.0], [4.0], [4.0]]]]
SQUARE = [[[[0.0], [1.0]], [[inf], [-2.0]]]]
case("addN", "infinities", "a + b", [1.0, inf, nan], [nan, 2.0, 3.0])
case("split", "NaN in the other part", "torch.split(a, 2)[1]", [nan, inf, 1.0, 2.0])
case("unstack", "NaN in the other part", "torch.unbind(a)[1]", [[nan, inf], [1.0, 2.0]])
case("split of one part", "special numbers", "a", [nan, inf, 1.0])
case("unstack of one part", "special numbers", "a[0]", [[nan, inf, 1.0]])
case("transpose", "special numbers", "a.T", [[nan, inf, 1.0], [0.0, -0.0, -inf]])
case("broadcastTo", "special numbers", "torch.broadcast_to(a, [2, 3])", [[nan], [inf]])
case("broadcastTo", "one more dimension", "torch.broadcast_to(a, [2, 3])", [1.0, 2.0, inf])
case("einsum", "zeros and an infinity", "torch.einsum('ij,jk->ik', a, b)", [[inf, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 2.0]])
case("batchNorm", "a variance of zero", "(a - b) / torch.sqrt(c + 0.001) * e + d", [[1.0, 2.0], [1.0, 4.0]], [1.0, 3.0], [0.0, 1.0], [0.5, 0.5], [1.0, 2.0])
case("localResponseNormalization", "zeros", f"F.local_response_norm(a.permute(0, 3, 1, 2), 3, alpha=3.0, beta=0.5, k=1.0){LAST}", [[[[0.0, 0.0, 0.0]], [[1.0, -2.0, 0.0]]]])
case("mirrorPad reflect", "special numbers", "F.pad(a[None], [2, 1], mode='reflect')[0]", [1.0, inf, nan, 0.0])
case("mirrorPad symmetric", "special numbers", "torch.cat([torch.flip(a[:2], [0]), a, a[-1:]])", [1.0, inf, nan, 0.0])
case("mirrorPad reflect of rows and columns", "numbers", "F.pad(a[None], [1, 1, 1, 1], mode='reflect')[0]", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
case("depthToSpace", "special numbers", f"F.pixel_shuffle(a.permute(0, 3, 1, 2), 2){LAST}", [[[[1.0, nan, inf, -inf]]]])
case("spaceToBatchND", "special numbers", "a.reshape(1, 1, 2, 1, 2, 1).permute(2, 4, 0, 1, 3, 5).reshape(4, 1, 1, 1)", SQUARE)
case("batchToSpaceND", "special numbers", "a.reshape(2, 2, 1, 1, 1, 1).permute(2, 3, 0, 4, 1, 5).reshape(1, 2, 2, 1)", [[[[0.0]]], [[[nan]]], [[[inf]]], [[[1.0]]]])
case("gatherND", "a place taken twice", "a[b[:, 0].long(), b[:, 1].long()]", [[1.0, nan], [inf, 4.0]], torch.tensor([[1, 0], [1, 0], [1, 1]], dtype=torch.int32))
case("scatterND", "a place written twice", "torch.zeros(3).index_add(0, b[:, 0].long(), a)", [1.0, inf, 2.0], torch.tensor([[0], [2], [0]], dtype=torch.int32))
case("unsortedSegmentSum", "an empty segment and infinities", "torch.zeros(3, 2).index_add(0, b.long(), a)", [[1.0, inf], [2.0, -inf], [3.0, 4.0]], ints(2, 2, 0))
case("tensorScatterUpdate", "special numbers", "a.index_copy(0, b[:, 0].long(), c)", [nan, 1.0, inf, 2.0], torch.tensor([[0], [3]], dtype=torch.int32), [5.0, -inf])
case("stridedSlice", "every other number", "a[1:6:2]", [0.0, 1.0, nan, 3.0, inf, 5.0, 6.0])
case("stridedSlice backwards", "every other number", "torch.flip(a[2:7:2], [0])", [0.0, 1.0, nan, 3.0, inf, 5.0, 6.0])
case("stridedSlice of rows and columns", "infinities", "a[0:3:2, 1:4:2]", [[1.0, 2.0, 3.0, 4.0], [nan, inf, 7.0, 8.0], [9.0, inf, -1.0, 5.0]])
case("diag", "special numbers", "torch.diag(a)", [1.0, inf, -0.0])
case("bandPart", "special numbers", "torch.tril(a)", [[1.0, nan], [inf, 2.0]])
case("flipLeftRight", "special numbers", "torch.flip(a, [2])", SQUARE)
case("resizeBilinear", "ties", f"F.interpolate(a.permute(0, 3, 1, 2), size=[3, 3], mode='bilinear', align_corners=False){LAST}", [[[[0.0], [1.0]], [[1.0], [1.0]]]])
case("resizeNearestNeighbor", "ties", f"F.interpolate(a.permute(0, 3, 1, 2), size=[4, 4], mode='nearest'){LAST}", SQUARE)
TWO_IMAGES = [[[[0.0], [1.0], [4.0]], [[1.0], [1.0], [-2.0]]], [[[5.0], [1.0], [0.0]], [[3.0], [2.0], [7.0]]]]
case("resizeBilinear", "two images that are not square", f"F.interpolate(a.permute(0, 3, 1, 2), size=[3, 3], mode='bilinear', align_corners=False){LAST}", TWO_IMAGES)
case("resizeBilinear of corners", "two images that are not square", f"F.interpolate(a.permute(0, 3, 1, 2), size=[3, 5], mode='bilinear', align_corners=True){LAST}", TWO_IMAGES)
case("resizeBilinear of corners", "one pixel", f"F.interpolate(a.permute(0, 3, 1, 2), size=[3, 5], mode='bilinear', align_corners=True){LAST}", [[[[2.0]]]])
case("resizeNearestNeighbor", "two images that are not square", f"F.interpolate(a.permute(0, 3, 1, 2), size=[4, 4], mode='nearest'){LAST}", TWO_IMAGES)
case("resizeNearestNeighbor to less", "two images that are not square", f"F.interpolate(a.permute(0, 3, 1, 2), size=[1, 2], mode='nearest'){LAST}", TWO_IMAGES)
case("tile of two axes", "special numbers", "torch.tile(a, [3, 2])", [[1.0, inf], [nan, 0.0]])
case("tile of five dimensions", "numbers", "torch.tile(a, [1, 2, 1, 1, 2])", [[[[[1.0, 2.0]]]]])
case("maxPool", "ties", f"F.max_pool2d(a.permute(0, 3, 1, 2), 2){LAST}", NHWC)
case("maxPool overlapping", "ties", f"F.max_pool2d(a.permute(0, 3, 1, 2), 2, 1){LAST}", NHWC)
case("avgPool", "infinities", f"F.avg_pool2d(a.permute(0, 3, 1, 2), 2){LAST}", SQUARE)
VOLUME = [[[[[1.0], [1.0]], [[1.0], [0.0]]], [[[1.0], [0.0]], [[-0.0], [1.0]]]]]
case("maxPool3d", "ties", "F.max_pool3d(a.permute(0, 4, 1, 2, 3), 2).permute(0, 2, 3, 4, 1)", VOLUME)
case("avgPool3d", "ties", "F.avg_pool3d(a.permute(0, 4, 1, 2, 3), 2).permute(0, 2, 3, 4, 1)", VOLUME)
FILTER = [[[[1.0]], [[0.0]]], [[[-1.0]], [[2.0]]]]
case("conv2d", "one window", f"F.conv2d(a.permute(0, 3, 1, 2), b.permute(3, 2, 0, 1)){LAST}", [[[[0.0], [1.0]], [[3.0], [-2.0]]]], FILTER)
case("conv2d", "no images", f"F.conv2d(a.permute(0, 3, 1, 2), b.permute(3, 2, 0, 1)){LAST}", torch.zeros([0, 2, 2, 1]), FILTER)
case("depthwiseConv2d", "one window", f"F.conv2d(a.permute(0, 3, 1, 2), b.permute(3, 2, 0, 1)){LAST}", [[[[0.0], [1.0]], [[3.0], [-2.0]]]], FILTER)
case("conv2dTranspose", "one pixel", f"F.conv_transpose2d(a.permute(0, 3, 1, 2), b.permute(3, 2, 0, 1)){LAST}", [[[[3.0]]]], FILTER)
case("conv3d", "one window", "F.conv3d(a.permute(0, 4, 1, 2, 3), b.permute(4, 3, 0, 1, 2)).permute(0, 2, 3, 4, 1)", VOLUME, [[[[[1.0]], [[0.0]]], [[[-1.0]], [[2.0]]]], [[[[0.0]], [[1.0]]], [[[3.0]], [[0.5]]]]])
# The padding is multiplied like other zeros: the filters' gradient is NaN wherever a window over it gets no finite gradient.
for d, sides in [(1, [3]), (2, [2, 2]), (3, [2, 2, 2])]:
    many = 2 ** d if d > 1 else 3
    for word, broken in [("NaN", nan), ("Infinity", inf)]:
        case(f"F.conv{d}d with padding", f"{word} flows into its first window", f"F.conv{d}d(a, b, padding=1)", torch.ones([1, 1, *sides]), torch.ones([1, 1] + [3] * d), dy=torch.tensor([broken] + [1.0] * (many - 1)).reshape(1, 1, *sides).tolist())
for d in (1, 2):
    case(f"F.conv{d}d of single channels with padding", "NaN flows into its first window", f"F.conv{d}d(a, b, padding=1, groups=2)", torch.ones([1, 2] + [4] * d), torch.ones([2, 1] + [3] * d), dy=torch.tensor([nan] + [1.0] * (2 * 4**d - 1)).reshape([1, 2] + [4] * d).tolist())

target = Path(__file__).resolve().parents[2] / "packages/core/src/autograd/fixtures/special-points.json"
target.parent.mkdir(parents=True, exist_ok=True)
lines = ",\n".join(json.dumps(entry, ensure_ascii=False, allow_nan=False) for entry in CASES)
target.write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')
print(f"{len(CASES)} cases -> {target}")
