"""Records what functions and layers of PyTorch give for tensors and other arguments, with the gradients of all of them."""

import inspect

import torch

from recorded_numbers import camel, numbers, typed_numbers

TYPES = {torch.int64: "int32", torch.int32: "int32", torch.bool: "bool"}


def encoded(value):
    """Tensors with the type that they have in TypeScript; None stays null."""
    if isinstance(value, torch.Tensor):
        return {"tensor": typed_numbers(value, TYPES.get(value.dtype, "float32"))}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        return {camel(key): encoded(item) for key, item in value.items()}
    return value


def fixed(tensor):
    """A tensor that gets no gradient."""
    tensor.is_fixed = True
    return tensor


def with_gradients(value):
    takes = isinstance(value, torch.Tensor) and value.is_floating_point() and not getattr(value, "is_fixed", False)
    return value.clone().requires_grad_() if takes else value


def recorded(run, values):
    """Outputs of run() and the gradients of those of `values` that have some, given random gradients of the outputs."""
    result = run()
    outputs = list(result) if isinstance(result, (list, tuple)) else [result]
    floats = [y for y in outputs if y.requires_grad]
    dys = [torch.randn_like(y) for y in floats]
    leaves = [value for value in values if isinstance(value, torch.Tensor) and value.requires_grad]
    gradients = torch.autograd.grad(floats, leaves, dys, allow_unused=True) if floats and leaves else []
    found = {id(leaf): gradient for leaf, gradient in zip(leaves, gradients)}

    def gradient(value):
        known = found.get(id(value))
        return None if known is None else numbers(known)

    return {
        "outputs": [encoded(y)["tensor"] for y in outputs],
        "dys": [numbers(dys[[id(f) for f in floats].index(id(y))]) if y.requires_grad else None for y in outputs],
        "gradients": [gradient(value) for value in values],
    }


def given_names(function, args, options):
    """The names of the arguments that are given, where PyTorch tells them."""
    try:
        return list(inspect.signature(function).bind(*args, **options).arguments)
    except (TypeError, ValueError):
        return list(options)


def call(function, name, *args, ours=None, **options):
    """A call of a function. `ours` has the arguments and options here, where they are arranged otherwise."""
    args = [with_gradients(arg) for arg in args]
    options = {key: with_gradients(value) for key, value in options.items()}
    given, named = (args, options) if ours is None else ours(args, options)
    result = recorded(lambda: function(*args, **options), given + list(named.values()))
    return {
        "name": name,
        "given": given_names(function, args, options),
        "args": encoded(given),
        "options": {camel(key): encoded(value) for key, value in named.items()},
        **result,
    }


def layer(kind, module, *inputs, args=(), options=None, training=True):
    """A call of a layer, whose parameters get random values first."""
    module.train(training)
    for parameter in module.parameters():
        with torch.no_grad():
            parameter.normal_(0, 0.5)
    state = {key: numbers(value.float()) for key, value in module.state_dict().items()}
    inputs = [with_gradients(value) for value in inputs]
    names = [name for name, _ in module.named_parameters()]
    result = recorded(lambda: module(*inputs), inputs + list(module.parameters()))
    return {
        "layer": kind,
        "args": encoded(list(args)),
        "options": {camel(key): encoded(value) for key, value in (options or {}).items()},
        "training": training,
        "state": state,
        "inputs": encoded(inputs),
        **result,
        "gradients": result["gradients"][: len(inputs)],
        "parameters": dict(zip(names, result["gradients"][len(inputs) :])),
        "stateAfter": {key: numbers(value.float()) for key, value in module.state_dict().items()},
    }
