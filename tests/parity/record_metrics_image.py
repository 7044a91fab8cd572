"""Writes packages/metrics/src/image/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_image.py
"""

import torch

from metric_recorder import Cases

torch.manual_seed(61)
cases = Cases("image")


def images(*shape):
    """Pairs that are alike, with so few digits that the file stays small."""
    target = torch.rand(*shape)
    preds = (0.75 * target + 0.25 * torch.rand(*shape)).mul(16).round() / 16
    return (preds, target.mul(16).round() / 16)


PSNR = "peak_signal_noise_ratio"
for options in [{"data_range": 1.0}, {"data_range": (0.2, 0.8)}, {"data_range": 1.0, "base": 2.0}, {"data_range": 255}]:
    cases.add("PeakSignalNoiseRatio", options, images(2, 1, 4, 4), images(1, 1, 4, 4), functional=PSNR)
for reduction in ["elementwise_mean", "sum", "none"]:
    cases.add("PeakSignalNoiseRatio", {"data_range": 1.0, "dim": (1, 2, 3), "reduction": reduction}, images(2, 3, 4, 4), images(3, 3, 4, 4), functional=PSNR)
cases.add("PeakSignalNoiseRatio", {"data_range": 1.0, "dim": 1}, images(4, 5), functional=PSNR)
cases.add("PeakSignalNoiseRatio", {"data_range": 1.0, "reduction": "sum"}, images(4, 5), functional=PSNR, note="a reduction without dimensions")
cases.add("PeakSignalNoiseRatio", {"data_range": 9.0}, (torch.tensor([[0, 1], [2, 3]]), torch.tensor([[3, 2], [1, 0]])), functional=PSNR, note="integers")
cases.add("PeakSignalNoiseRatio", {"data_range": 1.0}, (torch.ones(2, 2), torch.ones(2, 2)), functional=PSNR, note="equal")
cases.add("PeakSignalNoiseRatio", {"data_range": 1.0}, (torch.ones(2, 2), torch.ones(2, 3)), note="mixed shapes")

for reduction in ["sum", "mean", "none"]:
    cases.add("TotalVariation", {"reduction": reduction}, (images(2, 3, 4, 5)[0],), (images(3, 3, 4, 5)[0],), functional="total_variation")
cases.add("TotalVariation", {}, (torch.rand(3, 4, 4),), note="three dimensions")
cases.add("TotalVariation", {"reduction": "max"}, (torch.rand(1, 3, 4, 4),), note="an unknown reduction")

# The same images for many options: they are written once.
two_channels = [images(2, 2, 12, 14), images(2, 2, 12, 14)]
one_channel = [images(2, 1, 14, 13), images(2, 1, 14, 13)]
SSIM = "structural_similarity_index_measure"
name = "StructuralSimilarityIndexMeasure"
for options in [
    {"data_range": 1.0},
    {"data_range": 1.0, "reduction": "sum"},
    {"data_range": 1.0, "reduction": "none"},
    {"data_range": (0.25, 0.75)},
    {"data_range": 1.0, "gaussian_kernel": False, "kernel_size": 5},
    {"data_range": 1.0, "gaussian_kernel": False, "kernel_size": (3, 7)},
    {"data_range": 1.0, "sigma": (0.5, 1.0), "k1": 0.02, "k2": 0.05},
]:
    cases.add(name, options, *two_channels, functional=SSIM)
cases.add(name, {}, *one_channel, functional=SSIM, whole=False, note="a range of each batch")
cases.add(name, {"data_range": 1.0, "return_contrast_sensitivity": True}, *one_channel, functional=SSIM)
cases.add(name, {"data_range": 1.0, "sigma": 0.5, "return_full_image": True}, images(2, 1, 5, 6), images(2, 1, 5, 6), functional=SSIM, tolerance=1e-4)  # a variance is a small difference of float32 squares
cases.add(name, {"data_range": 1.0, "sigma": 0.8, "kernel_size": 7}, images(2, 1, 7, 8, 9), functional=SSIM, note="volumes")
cases.add(name, {"data_range": 1.0, "gaussian_kernel": False, "kernel_size": 3}, images(2, 1, 5, 6, 4), functional=SSIM, note="volumes")
cases.add(name, {}, images(12, 12), note="two dimensions")
cases.add(name, {"kernel_size": 4}, images(1, 1, 12, 12), note="an even window")
cases.add(name, {"sigma": -1.0}, images(1, 1, 12, 12), note="a negative sigma")
cases.add(name, {"reduction": "max"}, images(1, 1, 12, 12), note="an unknown reduction")
cases.add(name, {}, (torch.rand(1, 1, 12, 12), torch.rand(1, 1, 12, 13)), note="mixed shapes")
cases.add(name, {"kernel_size": (3, 3, 3)}, images(1, 1, 12, 12), note="a window of three axes")
cases.add(name, {"return_full_image": True, "return_contrast_sensitivity": True}, images(1, 1, 12, 12), note="both of what is given beside")

MS = "multiscale_structural_similarity_index_measure"
name = "MultiScaleStructuralSimilarityIndexMeasure"
few = {"data_range": 1.0, "betas": (0.4, 0.6), "kernel_size": 5, "sigma": 0.6}
for options in [few, {**few, "reduction": "sum"}, {**few, "reduction": "none"}, {**few, "normalize": "simple"}, {**few, "gaussian_kernel": False}]:
    cases.add(name, options, *one_channel, functional=MS)
cases.add(name, {**few, "betas": (0.3, 0.3, 0.4), "kernel_size": 3, "sigma": 0.4}, images(2, 1, 16, 16), functional=MS, note="three scales")
cases.add(name, {**few, "kernel_size": 3, "sigma": 0.4}, images(2, 1, 6, 8, 8), functional=MS, note="volumes")
cases.add(name, {"data_range": 1.0}, images(1, 1, 40, 40), note="too small for five scales")
cases.add(name, {"normalize": "max"}, images(1, 1, 40, 40), note="an unknown normalization")

for options in [{}, {"reduction": "sum"}, {"kernel_size": (5, 5), "sigma": (1.0, 0.5)}, {"kernel_size": (5, 5), "reduction": "none"}]:
    cases.add("UniversalImageQualityIndex", options, *(one_channel if "reduction" in options else two_channels), functional="universal_image_quality_index")
cases.add("UniversalImageQualityIndex", {"kernel_size": (4, 5)}, images(1, 1, 12, 12), note="an even window")
cases.add("UniversalImageQualityIndex", {}, images(12, 12), note="two dimensions")
cases.save()
