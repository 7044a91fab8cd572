"""Writes packages/core/src/nn/fixtures/functions.json: functions of torch.nn.functional by name, with gradients in all inputs.

Usage: python tests/parity/record_functions.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

import recorded_calls
from recorded_calls import fixed

OUT = Path(__file__).parents[2] / "packages/core/src/nn/fixtures/functions.json"
r = torch.randn


def call(name, *args, ours=None, **options):
    return recorded_calls.call(getattr(F, name), name, *args, ours=ours, **options)


def pools():
    cases = []
    for d, space in [(1, [8]), (2, [7, 6]), (3, [4, 5, 3])]:
        cases += [
            call(f"avg_pool{d}d", r(2, 2, *space), 3, stride=2, ceil_mode=True),
            call(f"avg_pool{d}d", r(2, *space), 2, stride=2, padding=1, ceil_mode=True),
            call(f"avg_pool{d}d", r(1, 2, *space), 3, padding=1, stride=2, ceil_mode=True, count_include_pad=False),
            call(f"max_pool{d}d", r(2, 2, *space), 2, stride=3, ceil_mode=True),
            call(f"max_pool{d}d", r(2, *space), 2, padding=1, return_indices=True),
            call(f"max_pool{d}d", torch.randint(0, 3, (2, 2, *space)).float(), 2, stride=1, dilation=2, ceil_mode=True, return_indices=True),
            call(f"lp_pool{d}d", r(2, 2, *space).abs() + 0.1, 2, 2),
            call(f"lp_pool{d}d", r(2, *space).abs() + 0.1, 3.0, 2, stride=1, ceil_mode=True),
            call(f"adaptive_max_pool{d}d", r(2, 2, *space), 2, return_indices=True),
            call(f"adaptive_max_pool{d}d", torch.randint(0, 3, (2, *space)).float(), 3, return_indices=True),
            call(f"adaptive_avg_pool{d}d", r(2, 2, *space), 2),
        ]
        if d > 1:
            cases += [
                call(f"avg_pool{d}d", r(1, 2, *space), 2, divisor_override=3),
                call(f"avg_pool{d}d", r(1, 2, *space), 2, ceil_mode=True, padding=1, count_include_pad=False, divisor_override=-2),
            ]
        pooled, where = getattr(F, f"max_pool{d}d")(r(2, 2, *space), 2, return_indices=True)
        even = [length // 2 * 2 for length in space]
        cases += [
            call(f"max_unpool{d}d", *getattr(F, f"max_pool{d}d")(r(2, 2, *even), 2, return_indices=True), 2),
            call(f"max_unpool{d}d", pooled[0], where[0], 2, output_size=space),
            call(f"max_unpool{d}d", pooled, where, 2, stride=2, output_size=[2, 2, *space]),
        ]
        pooled, where = getattr(F, f"max_pool{d}d")(r(1, 2, *space), 2, padding=1, return_indices=True)
        cases.append(call(f"max_unpool{d}d", pooled, where, 2, padding=1, output_size=space))
    infinite = r(1, 1, 4, 4)
    infinite[0, 0, :2, :] = -torch.inf
    # The gradient of a window that is masked whole goes nowhere here.
    cases += [
        {**call("max_pool2d", infinite, 2, return_indices=True), "dys": [None, None], "gradients": [None]},
        call("max_pool2d", r(1, 1, 5, 5), 3, stride=4, dilation=2, ceil_mode=True, padding=1),
        call("max_pool1d", r(1, 1, 1), 1),
        call("avg_pool2d", r(0, 2, 4, 4), 2, ceil_mode=True),
    ]
    return cases


def folds():
    return [
        call("unfold", r(2, 2, 4, 5), 2),
        call("unfold", r(2, 5, 5), [3, 2], dilation=[1, 2], padding=[1, 0], stride=[2, 1]),
        call("unfold", r(1, 1, 1, 1), 1),
        call("fold", r(2, 8, 12), [4, 5], 2),
        call("fold", r(12, 9), [5, 5], [3, 2], dilation=[1, 2], padding=[1, 0], stride=[2, 1]),
        call("fold", r(1, 4, 4), 4, 2, stride=2),
    ]


def grids():
    cases = []
    x, volume = r(2, 3, 4, 5), r(1, 2, 3, 4, 2)
    for mode in ["bilinear", "nearest", "bicubic"]:
        for padding in ["zeros", "border", "reflection"]:
            for align in [False, True]:
                cases.append(call("grid_sample", x, r(2, 3, 2, 2), mode=mode, padding_mode=padding, align_corners=align))
                if mode != "bicubic":
                    cases.append(call("grid_sample", volume, r(1, 2, 1, 3, 3), mode=mode, padding_mode=padding, align_corners=align))
    wide = 4 * r(1, 3, 3, 2)
    return cases + [
        call("grid_sample", r(1, 1, 4, 3), wide, padding_mode="reflection", align_corners=False),
        call("grid_sample", r(1, 1, 4, 3), wide, padding_mode="reflection", align_corners=True, mode="bicubic"),
        call("grid_sample", r(1, 1, 1, 1), r(1, 2, 2, 2), padding_mode="border", align_corners=False),
        call("affine_grid", r(2, 2, 3), [2, 1, 3, 4], align_corners=False),
        call("affine_grid", r(2, 2, 3), [2, 1, 1, 2], align_corners=True),
        call("affine_grid", r(1, 3, 4), [1, 2, 2, 3, 1], align_corners=False),
        call("affine_grid", r(1, 3, 4), [1, 2, 2, 3, 4], align_corners=True),
    ]


def sizes():
    return [
        call("interpolate", r(2, 2, 7), size=3, mode="area"),
        call("interpolate", r(1, 2, 5, 4), scale_factor=1.5, mode="area"),
        call("interpolate", r(1, 1, 2, 3, 2), size=[1, 2, 4], mode="area"),
        call("interpolate", r(1, 2, 5, 4), scale_factor=[1.5, 0.7], mode="bilinear", recompute_scale_factor=True),
        call("interpolate", r(1, 2, 5), scale_factor=1.7, mode="nearest", recompute_scale_factor=True),
        call("interpolate", r(1, 2, 3, 4), size=[5, 3], mode="bicubic", align_corners=True),
    ]


def one_hot(*args):
    """One-hot rows are float32 here."""
    case = call("one_hot", *args)
    return {**case, "outputs": [{**y, "dtype": "float32"} for y in case["outputs"]]}


def rows():
    table, indices = r(5, 3), torch.tensor([[4, 1, 4], [0, 3, 2]])
    cases = [
        call("embedding", indices, table, padding_idx=-1),
        call("embedding", indices, table, scale_grad_by_freq=True),
        call("embedding_bag", indices, table, mode="sum", per_sample_weights=r(2, 3)),
        call("embedding_bag", indices, table, mode="max", padding_idx=4),
        call("embedding_bag", torch.tensor([1, 2, 4, 4]), table, offsets=torch.tensor([0, 2, 2, 4]), mode="mean", include_last_offset=True, scale_grad_by_freq=True),
        call("embedding_bag", torch.tensor([1, 2, 4, 4]), table, offsets=torch.tensor([0, 0, 3]), mode="sum", padding_idx=1, per_sample_weights=r(4)),
        one_hot(indices, 5),
        one_hot(torch.tensor([0, 2])),
        call("pdist", r(4, 3)),
        call("pdist", r(4, 3), 1.0),
        call("pdist", r(4, 3), 3.0),
        call("pdist", r(3, 4), 0.0),
        call("pdist", r(1, 3)),
        call("pdist", torch.tensor([[1.0, 2.0], [1.0, 2.0], [0.0, 1.0]])),
    ]
    zeros = r(3, 4)
    zeros[1] = 0
    return cases + [
        call("batch_norm", r(4, 3), None, None, training=True, eps=1e-3, ours=lambda args, options: (args[:1], options)),
        call("normalize", r(3, 4)),
        call("normalize", zeros, p=2.0, dim=1, eps=1e-3),
        call("normalize", r(3, 4, 2), p=1.0, dim=-1),
        call("normalize", r(2, 3), p=3.0, dim=0, eps=5.0),
        call("cosine_similarity", r(3, 4), r(3, 4), dim=1, eps=1e-3),
        call("pairwise_distance", r(3, 4), r(3, 4), p=1.0, eps=0.1, keepdim=True),
        call("bilinear", r(5, 3), r(5, 2), r(4, 3, 2), r(4)),
        call("bilinear", r(3), r(2), r(1, 3, 2)),
    ]


def same_names():
    """Functions whose arguments are arranged alike."""
    plain = ["relu", "relu6", "tanh", "sigmoid", "silu", "mish", "selu", "softsign", "tanhshrink", "logsigmoid", "hardsigmoid", "hardswish"]
    cases = [call(name, r(2, 3)) for name in plain]
    cases += [
        call("leaky_relu", r(2, 3), 0.2),
        call("elu", r(2, 3), 0.5),
        call("celu", r(2, 3), 0.5),
        call("hardshrink", r(2, 3), 0.3),
        call("softshrink", r(2, 3), 0.3),
        call("threshold", r(2, 3), 0.1, -2.0),
        call("hardtanh", r(2, 3), min_val=-0.5, max_val=0.7),
        call("softplus", r(2, 3), beta=2.0, threshold=1.0),
        call("gelu", r(2, 3), approximate="tanh"),
        call("prelu", r(2, 3, 2), torch.rand(3)),
        call("glu", r(2, 4), 1),
        call("softmax", r(2, 3), 0),
        call("softmin", r(2, 3), 0),
        call("log_softmax", r(2, 3), 0),
        call("rrelu", r(2, 3), lower=0.1, upper=0.5, training=False),
        call("dropout", r(2, 3), p=0.3, training=False),
        call("dropout1d", r(2, 3, 2), p=0.3, training=False),
        call("dropout2d", r(2, 3, 2, 2), p=0.3, training=False),
        call("dropout3d", r(2, 3, 2, 2, 2), p=0.3, training=False),
        call("alpha_dropout", r(2, 3), p=0.3, training=False),
        call("feature_alpha_dropout", r(2, 3), p=0.3, training=False),
        call("linear", r(2, 4), r(3, 4), r(3)),
        call("pixel_shuffle", r(1, 8, 2, 2), 2),
        call("pixel_unshuffle", r(1, 2, 4, 4), 2),
        call("channel_shuffle", r(1, 4, 2, 2), 2),
        call("pad", r(2, 3), [1, 2], value=0.5),
        call("pad", r(1, 2, 4), [1, 2], mode="circular"),
        call("layer_norm", r(2, 3), [3], weight=r(3), bias=r(3), eps=1e-3),
        call("group_norm", r(2, 4, 3), 2, weight=r(4), bias=r(4), eps=1e-3),
        call("rms_norm", r(2, 3), [3], weight=r(3), eps=1e-3),
        call("local_response_norm", r(2, 4, 3), 3, alpha=0.5, beta=0.6, k=2.0),
        call("instance_norm", r(2, 3, 4), weight=r(3), bias=r(3), eps=1e-3),
        call("instance_norm", r(2, 3, 4), use_input_stats=True),
        call("scaled_dot_product_attention", r(1, 2, 3, 4), r(1, 2, 3, 4), r(1, 2, 3, 4), is_causal=True),
    ]
    for d in (1, 2, 3):
        space = [4] * d
        cases += [
            call(f"conv{d}d", r(1, 2, *space), r(4, 1, *[2] * d), r(4), stride=2, padding=1, dilation=1, groups=2),
            call(f"conv_transpose{d}d", r(1, 4, *space), r(4, 1, *[2] * d), r(2), stride=2, padding=1, output_padding=1, groups=2, dilation=1),
        ]
    return cases


def losses():
    probabilities, targets = torch.rand(3, 4), fixed(torch.rand(3, 4))
    signs = fixed(torch.tensor([1.0, -1.0, 1.0]))
    cases = []
    for reduction in ["mean", "sum", "none"]:
        cases += [
            call("mse_loss", r(3, 4), r(3, 4), reduction=reduction),
            call("l1_loss", r(3, 4), r(3, 4), reduction=reduction),
            call("mse_loss", r(3, 4), r(3, 4), reduction=reduction, weight=fixed(torch.rand(3, 4))),
            call("l1_loss", r(3, 4), r(3, 4), reduction=reduction, weight=fixed(torch.rand(3, 4))),
            call("huber_loss", r(3, 4), r(3, 4), reduction=reduction, weight=fixed(torch.rand(3, 4))),
            call("smooth_l1_loss", r(3, 4), r(3, 4), reduction=reduction, beta=0.5),
            call("huber_loss", r(3, 4), r(3, 4), reduction=reduction, delta=0.5),
            call("binary_cross_entropy", probabilities, targets, reduction=reduction, weight=fixed(torch.rand(4))),
            call("binary_cross_entropy_with_logits", r(3, 4), targets, reduction=reduction, weight=fixed(torch.rand(4)), pos_weight=fixed(torch.rand(4))),
            call("cross_entropy", r(3, 4), torch.tensor([0, -100, 3]), reduction=reduction, weight=fixed(torch.rand(4)), label_smoothing=0.1),
            call("cross_entropy", r(3, 4), torch.tensor([0, 1, 3]), reduction=reduction, ignore_index=1),
            call("nll_loss", r(3, 4), torch.tensor([0, 1, 3]), reduction=reduction, weight=fixed(torch.rand(4)), ignore_index=1),
            call("kl_div", r(3, 4), r(3, 4), reduction=reduction, log_target=True),
            call("gaussian_nll_loss", r(3, 4), r(3, 4), torch.rand(3, 4) + 0.1, reduction=reduction, full=True, eps=1e-3),
            call("poisson_nll_loss", r(3, 4), fixed(torch.poisson(torch.full((3, 4), 2.0))), reduction=reduction, log_input=True, full=True, eps=1e-3),
            call("soft_margin_loss", r(3), signs, reduction=reduction),
            call("multilabel_soft_margin_loss", r(3, 4), fixed(torch.randint(0, 2, (3, 4)).float()), reduction=reduction, weight=fixed(torch.rand(4))),
            call("multilabel_margin_loss", r(2, 3), torch.tensor([[2, 0, -1], [1, -1, 0]]), reduction=reduction),
            call("multi_margin_loss", r(3, 4), torch.tensor([0, 1, 3]), reduction=reduction, p=2, margin=0.5, weight=fixed(torch.rand(4))),
            call("margin_ranking_loss", r(3), r(3), signs, reduction=reduction, margin=0.3),
            call("hinge_embedding_loss", r(3), signs, reduction=reduction, margin=0.3),
            call("cosine_embedding_loss", r(3, 2), r(3, 2), signs, reduction=reduction, margin=0.3),
            call("triplet_margin_loss", r(3, 2), r(3, 2), r(3, 2), reduction=reduction, margin=0.3, p=2.0, eps=1e-4, swap=True),
            call("triplet_margin_with_distance_loss", r(3, 2), r(3, 2), r(3, 2), reduction=reduction, margin=0.3, swap=True),
        ]
    return cases


def ctc():
    cases = []
    steps, batch, classes = 7, 4, 5
    targets = torch.tensor([[1, 2, 2], [3, 3, 3], [4, 1, 0], [2, 0, 0]])
    inputs, lengths = [7, 5, 3, 1], [3, 3, 2, 0]
    joined = torch.cat([row[:length] for row, length in zip(targets, lengths)])
    for reduction in ["mean", "sum", "none"]:
        logits = lambda *shape: r(*shape).log_softmax(-1)
        cases += [
            call("ctc_loss", logits(steps, batch, classes), targets, torch.tensor(inputs), torch.tensor(lengths), reduction=reduction),
            call("ctc_loss", logits(steps, batch, classes), joined, inputs, lengths, reduction=reduction, blank=0, zero_infinity=True),
            call("ctc_loss", logits(steps, batch, classes), targets, torch.tensor([7, 4, 1, 2]), torch.tensor(lengths), reduction=reduction, zero_infinity=True),
            call("ctc_loss", logits(steps, classes), torch.tensor([1, 2, 1]), [6], [3], reduction=reduction, blank=4),
            call("ctc_loss", logits(steps, classes), torch.tensor([0, 0]), torch.tensor(6), torch.tensor(2), reduction=reduction, blank=1),
        ]
    impossible = call("ctc_loss", r(2, 1, 3).log_softmax(-1), torch.tensor([[1, 1, 2]]), [2], [3], reduction="none")
    return cases + [
        {**impossible, "outputs": [{**impossible["outputs"][0], "values": ["Infinity"]}], "dys": [None], "gradients": [None] * 4},
        call("ctc_loss", r(1, 1, 2).log_softmax(-1), torch.tensor([[1]]), [1], [1]),
    ]


torch.manual_seed(37)
cases = pools() + folds() + grids() + sizes() + rows() + same_names() + losses() + ctc()
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":"), allow_nan=False) + "\n")
print(len(cases), OUT.stat().st_size)
