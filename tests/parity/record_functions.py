"""Writes packages/core/src/nn/fixtures/functions.json: functions of torch.nn.functional by name, with gradients in all inputs.

Usage: python tests/parity/record_functions.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

import recorded_calls

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


torch.manual_seed(37)
cases = pools() + folds() + grids() + sizes()
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":"), allow_nan=False) + "\n")
print(len(cases), OUT.stat().st_size)
