"""Writes packages/metrics/src/audio/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_audio.py
"""

import torch

from metric_recorder import Cases

torch.manual_seed(59)
cases = Cases("audio")


def signals(*shape):
    target = torch.randn(*shape) + 0.3
    return (1.5 * target + 0.2 * torch.randn(*shape), target)


for name, form, every in [
    ("SignalNoiseRatio", "signal_noise_ratio", [{}, {"zero_mean": True}]),
    ("ScaleInvariantSignalDistortionRatio", "scale_invariant_signal_distortion_ratio", [{}, {"zero_mean": True}]),
    ("ScaleInvariantSignalNoiseRatio", "scale_invariant_signal_noise_ratio", [{}]),
]:
    for options in every:
        cases.add(name, options, signals(3, 20), signals(2, 20), functional=form)
        cases.add(name, options, signals(2, 3, 12), functional=form)
        cases.add(name, options, signals(12), functional=form)
    cases.add(name, {}, (torch.zeros(8), torch.zeros(8)), functional=form, note="silence")
    cases.add(name, {}, (torch.zeros(8), torch.randn(8)), functional=form, note="a silent prediction")
    cases.add(name, {}, (torch.tensor([1.0, float("nan")]), torch.ones(2)), functional=form, note="NaN")
    cases.add(name, {}, (torch.zeros(8), torch.zeros(9)), note="mixed shapes")
cases.save()
