"""Records logProb, entropy, mean, variance and divergences of torch.distributions, with gradients to their parameters.

Run: python tests/parity/record_distributions.py
"""

import json
from pathlib import Path

import torch
import torch.distributions as D

OUT = Path(__file__).parents[2] / "packages/core/src/distributions/fixtures/distributions.json"
torch.manual_seed(0)


def pack(tensor):
    tensor = tensor.detach()
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.double().reshape(-1)]}


def param(values):
    return torch.tensor(values, requires_grad=True)


TRIL = [[1.5, 0.0, 0.0], [0.3, 0.8, 0.0], [-0.4, 0.2, 2.0]]
COV = [[[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]], [[1.0, 0.0, 0.0], [0.0, 2.0, 0.5], [0.0, 0.5, 3.0]]]

# kind, parameters, parameters of another of the kind, values
CASES = [
    ("Normal", {"loc": [0.0, 1.0, -2.0], "scale": [1.0, 0.5, 3.0]}, {"loc": [0.5], "scale": [2.0]}, [[0.0, 1.0, -2.0], [3.0, -1.0, 40.0]]),
    ("Normal", {"loc": [[0.5], [-0.5]], "scale": [1.0, 2.0]}, {"loc": 0.0, "scale": 1.0}, [0.0, 1.5]),
    ("Laplace", {"loc": [0.0, 1.0], "scale": [1.0, 0.25]}, {"loc": [1.0, 1.5], "scale": [0.5, 2.0]}, [[0.5, 0.0], [-3.0, 2.0]]),
    ("Exponential", {"rate": [0.5, 1.0, 10.0]}, {"rate": [1.0, 3.0, 0.1]}, [[0.0, 1.0, 0.2], [5.0, 0.5, 2.0]]),
    ("Uniform", {"low": [0.0, -1.0], "high": [1.0, 3.0]}, {"low": [-1.0, -1.0], "high": [2.0, 2.0]}, [[0.0, 1.0], [0.5, 2.5]]),
    ("Gamma", {"concentration": [0.3, 1.0, 2.5, 80.0], "rate": [1.0, 2.0, 0.5, 4.0]}, {"concentration": [1.0, 0.5, 3.0, 60.0], "rate": [2.0, 2.0, 1.0, 3.0]}, [[0.1, 1.0, 5.0, 20.0], [2.0, 0.001, 1.0, 25.0]]),
    ("Beta", {"concentration1": [0.5, 1.0, 3.0, 30.0], "concentration0": [0.5, 1.0, 2.0, 9.0]}, {"concentration1": [1.0, 2.0, 2.0, 20.0], "concentration0": [1.5, 0.7, 4.0, 8.0]}, [[0.5, 0.25, 0.9, 0.7], [0.01, 0.99, 0.2, 0.8]]),
    ("Dirichlet", {"concentration": [[0.5, 1.0, 2.0], [10.0, 3.0, 1.0]]}, {"concentration": [[1.0, 1.0, 1.0], [5.0, 5.0, 0.5]]}, [[[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]]),
    ("Bernoulli", {"probs": [0.0, 0.3, 0.5, 1.0]}, {"probs": [0.5, 0.6, 0.5, 0.9]}, [[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]]),
    ("Bernoulli", {"logits": [-30.0, -1.0, 0.5]}, {"logits": [0.0, 2.0, -1.0]}, [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]),
    ("Categorical", {"probs": [[0.2, 0.3, 0.5], [2.0, 0.0, 6.0]]}, {"probs": [[1.0, 1.0, 1.0], [0.1, 0.4, 0.5]]}, [[0, 2], [2, 0]]),
    ("Categorical", {"logits": [[1.0, -2.0, 0.5], [30.0, 0.0, -30.0]]}, {"logits": [0.0, 0.1, 0.2]}, [[0, 0], [1, 2]]),
    ("OneHotCategorical", {"logits": [[1.0, -2.0, 0.5], [0.0, 0.0, 3.0]]}, {"logits": [[0.0, 0.1, 0.2], [1.0, 1.0, 1.0]]}, [[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]),
    ("MultivariateNormal", {"loc": [0.0, 1.0, 2.0], "scale_tril": TRIL}, {"loc": [[0.5, 0.5, 0.5], [0.0, 0.0, 0.0]], "covariance_matrix": COV}, [[0.0, 1.0, 2.0], [1.0, -1.0, 3.0]]),
    ("MultivariateNormal", {"loc": [0.0, 1.0, 2.0], "covariance_matrix": COV}, {"loc": [0.0, 0.0, 0.0], "scale_tril": TRIL}, [[0.0, 1.0, 2.0], [1.0, -1.0, 3.0]]),
    ("MultivariateNormal", {"loc": [[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]], "precision_matrix": COV}, {"loc": [0.0, 0.0, 0.0], "scale_tril": TRIL}, [[0.0, 1.0, 2.0], [1.0, -1.0, 3.0]]),
]


# Distributions of different kinds: every pair of these that torch has a formula for is recorded.
UNLIKE = {
    "Beta": {"concentration1": [0.5, 1.0, 3.0, 30.0], "concentration0": [0.5, 1.0, 2.0, 9.0]},
    "Exponential": {"rate": [0.5, 1.0, 10.0, 3.0]},
    "Gamma": {"concentration": [0.3, 1.0, 2.5, 8.0], "rate": [1.0, 2.0, 0.5, 4.0]},
    "Laplace": {"loc": [0.0, 1.0, -2.0, 0.5], "scale": [1.0, 0.25, 2.0, 3.0]},
    "Normal": {"loc": [0.0, 1.0, -2.0, 0.5], "scale": [1.0, 0.5, 3.0, 0.1]},
    "Uniform": {"low": [0.0, 0.25, -1.0, 0.5], "high": [1.0, 0.75, 1.0, 3.0]},
    "Bernoulli": {"probs": [0.2, 0.3, 0.5, 0.9]},
    "Dirichlet": {"concentration": [[0.5, 1.0, 2.0]]},
}
# Of p alone: within what all others allow.
INNER = {"Uniform": {"low": [0.1, 0.25], "high": [0.8, 0.75]}}
# Of q alone: one for all elements of p.
SINGLE = {"Normal": {"loc": 0.5, "scale": 2.0}, "Gamma": {"concentration": 1.5, "rate": 0.5}, "Uniform": {"low": -0.5, "high": 1.0}}


def gradients(result, params):
    if not result.requires_grad:
        return {}
    total = torch.where(torch.isfinite(result), result, torch.zeros(())).sum()
    grads = torch.autograd.grad(total, list(params.values()), retain_graph=True, allow_unused=True)
    return {key: pack(grad) for key, grad in zip(params, grads) if grad is not None and torch.isfinite(grad).all()}


def seen(result, params):
    return {**pack(result), "gradients": gradients(result, params)}


def run(kind, params, other, values):
    own, others = ({key: param(value) for key, value in some.items()} for some in (params, other))
    made, second = getattr(D, kind)(**own), getattr(D, kind)(**others)
    value = torch.tensor(values)
    both = {**own, **{f"other {key}": tensor for key, tensor in others.items()}}
    finite_mean = kind != "Categorical"
    return {
        "kind": kind,
        "params": {key: pack(tensor) for key, tensor in own.items()},
        "other": {key: pack(tensor) for key, tensor in others.items()},
        "value": {**pack(value), "dtype": "int32" if value.dtype == torch.int64 else "float32"},
        "logProb": seen(made.log_prob(value), own),
        "entropy": seen(made.entropy(), own),
        "mean": seen(made.mean, own) if finite_mean else None,
        "variance": seen(made.variance, own) if finite_mean else None,
        "kl": seen(D.kl_divergence(made, second), both),
    }


def unlike():
    pairs, unknown = [], []
    for kind, params in [*UNLIKE.items(), *INNER.items()]:
        for target in UNLIKE:
            for other in [UNLIKE[target], *([SINGLE[target]] if target in SINGLE else [])]:
                if kind == target or (params is INNER.get(kind) and other is UNLIKE[target] and target != "Beta"):
                    continue
                if params is INNER.get(kind):
                    other = {key: value if isinstance(value, float) else value[:2] for key, value in other.items()}
                own, others = ({key: param(value) for key, value in some.items()} for some in (params, other))
                try:
                    result = D.kl_divergence(getattr(D, kind)(**own), getattr(D, target)(**others))
                except NotImplementedError:
                    if other is UNLIKE[target]:
                        unknown.append([kind, target])
                    continue
                both = {**own, **{f"other {key}": tensor for key, tensor in others.items()}}
                pairs.append({"kind": kind, "target": target, "params": {key: pack(t) for key, t in own.items()}, "other": {key: pack(t) for key, t in others.items()}, "kl": seen(result, both)})
    return {"pairs": pairs, "unknown": unknown}


def transformed():
    """The divergence of distributions that the same functions made is that of what they were made of."""
    other = {"rate": param([2.0, 0.5])}
    functions = lambda: [D.transforms.TanhTransform(), D.transforms.AffineTransform(1.0, 2.0)]
    p = D.TransformedDistribution(D.Uniform(param([0.5, 1.0]), param([1.5, 4.0])), functions())
    q = D.TransformedDistribution(D.Exponential(**other), functions())
    return {"params": {"low": pack(torch.tensor([0.5, 1.0])), "high": pack(torch.tensor([1.5, 4.0])), "rate": pack(other["rate"])}, "kl": seen(D.kl_divergence(p, q), other)}


def composed():
    loc, scale = param([[0.1, -0.5], [1.0, 2.0]]), param([[1.0, 0.3], [0.5, 2.0]])
    shift, stretch = param([0.5, -0.5]), param([2.0, -3.0])
    own = {"loc": loc, "scale": scale}
    base = D.Independent(D.Normal(loc, scale), 1)
    other = D.Independent(D.Normal(torch.zeros(2, 2), torch.ones(2, 2)), 1)
    squashed = D.TransformedDistribution(base, [D.TanhTransform(), D.AffineTransform(shift, stretch)])
    value = torch.tensor([[0.1, 0.7], [2.3, 1.5]])
    plain = torch.tensor([[0.1, 0.7], [2.3, 1.5]])
    return {
        "params": {key: pack(tensor) for key, tensor in {**own, "shift": shift, "stretch": stretch}.items()},
        "value": pack(value),
        "independent": seen(base.log_prob(plain), own),
        "entropy": seen(base.entropy(), own),
        "kl": seen(D.kl_divergence(base, other), own),
        "squashed": seen(squashed.log_prob(value), {**own, "shift": shift, "stretch": stretch}),
    }


def gamma_derivatives():
    pairs = [[a, max(1e-30, a + k * a**0.5)] for a in (0.05, 0.5, 1.0, 2.5, 12.0, 150.0) for k in (-0.9, -0.3, 0.0, 0.5, 2.0, 4.0)]
    alpha, z = torch.tensor(pairs, dtype=torch.float64).T
    return [[*pair, float(grad)] for pair, grad in zip(pairs, torch._standard_gamma_grad(alpha, z))]


OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": [run(*case) for case in CASES], "composed": composed(), "unlike": unlike(), "transformed": transformed(), "gammaDerivatives": gamma_derivatives()}).replace("-Infinity", '"-Infinity"').replace(": Infinity", ': "Infinity"').replace("[Infinity", '["Infinity"').replace(", Infinity", ', "Infinity"') + "\n")
