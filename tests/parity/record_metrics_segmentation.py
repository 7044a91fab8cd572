"""Writes packages/metrics/src/segmentation/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_segmentation.py
"""

import torch
import torchmetrics.functional.segmentation.utils as utils

from metric_recorder import Cases

torch.manual_seed(61)
cases = Cases("segmentation")
hot = [(torch.randint(2, (n, 3, 2, 4)), torch.randint(2, (n, 3, 2, 4))) for n in (3, 2)]
index = [(torch.randint(3, (n, 5)), torch.randint(3, (n, 5))) for n in (2, 3)]
scores = [(torch.randn(n, 3, 5), torch.randint(3, (n, 5))) for n in (2, 3)]
for options in [{}, {"average": "micro"}, {"average": "weighted"}, {"average": "none"}]:
    for more in [{}, {"aggregation_level": "global"}, {"include_background": False}]:
        form = "dice_score" if "aggregation_level" not in more or options.get("average") == "none" else None
        cases.add("DiceScore", {"num_classes": 3, **options, **more}, *hot, functional=form, whole=False)
        cases.add("DiceScore", {"num_classes": 3, **options, **more, "input_format": "index"}, *index, functional=form, whole=False)
    cases.add("DiceScore", {"num_classes": 3, **options, "input_format": "mixed"}, *scores, functional="dice_score", whole=False)
    cases.add("DiceScore", {"num_classes": 3, **options}, (scores[0][0], torch.randn(2, 3, 5)), note="scores on both sides")
    missing = (torch.zeros(2, 4, dtype=torch.int64), torch.tensor([[0, 0, 1, 1], [0, 0, 0, 0]]))
    cases.add("DiceScore", {"num_classes": 3, **options, "input_format": "index"}, missing, note="classes that are in neither")
cases.add("DiceScore", {"num_classes": 3, "include_background": False, "input_format": "index"}, (torch.zeros(1, 4, dtype=torch.int64), torch.zeros(1, 4, dtype=torch.int64)), note="background alone")
cases.add("DiceScore", {"num_classes": 2, "input_format": "index"}, (torch.tensor([[0, 2]]), torch.tensor([[0, 1]])), note="an unknown class")
cases.add("DiceScore", {"num_classes": 3}, (hot[0][0], hot[0][1][:2]), note="mixed shapes")
cases.add("DiceScore", {"num_classes": 3, "input_format": "mixed"}, hot[0], note="nothing mixed")
sizes = [(torch.randint(2, (n, 3, 4, 5)), torch.randint(2, (n, 3, 4, 5))) for n in (3, 2)]
images = [(torch.randint(3, (n, 4, 5)), torch.randint(3, (n, 4, 5))) for n in (2, 3)]
both = [(torch.randn(n, 3, 4, 5), torch.randint(3, (n, 4, 5))) for n in (2, 3)]
absent = (torch.tensor([[[0, 0, 1], [1, 1, 0]], [[0, 2, 2], [0, 2, 0]], [[0, 0, 0], [0, 0, 0]], [[3, 1, 0], [2, 2, 1]]]), torch.tensor([[[0, 1, 1], [1, 1, 0]], [[0, 0, 2], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[1, 1, 0], [2, 1, 3]]]))
for options in [{}, {"per_class": True}, {"include_background": False}, {"per_class": True, "include_background": False}]:
    cases.add("MeanIoU", options, *sizes, functional="mean_iou", whole=False)
    cases.add("MeanIoU", {"num_classes": 3, **options}, (sizes[0][0].bool(), sizes[0][1].bool()), functional="mean_iou", whole=False, note="truth values")
    cases.add("MeanIoU", options, (both[0][0], torch.randn(2, 3, 4, 5)), functional="mean_iou", note="scores on both sides")
    cases.add("MeanIoU", {"num_classes": 3, **options, "input_format": "index"}, *images, functional="mean_iou", whole=False)
    cases.add("MeanIoU", {**options, "input_format": "mixed"}, *both, functional="mean_iou", whole=False)
    cases.add("MeanIoU", {"num_classes": 3, **options, "input_format": "mixed"}, both[0][::-1], functional="mean_iou", note="class numbers first")
    cases.add("MeanIoU", {"num_classes": 4, **options, "input_format": "index"}, absent, functional="mean_iou", note="classes that are in neither")
    cases.add("MeanIoU", {"num_classes": 5, **options, "input_format": "index"}, (absent[0][1:2], absent[1][1:2]), note="a class that no sample has")
    cases.add("MeanIoU", {"num_classes": 3, **options, "input_format": "index"}, index[0], note="one image")
    cases.add("MeanIoU", {"num_classes": 3, **options, "input_format": "index"}, (index[0][0][0], index[0][1][0]), note="one row of points")
    for weight in ["square", "simple", "linear"]:
        more = {**options, "weight_type": weight}
        cases.add("GeneralizedDiceScore", {"num_classes": 3, **more}, *sizes, functional="generalized_dice_score", whole=False)
        cases.add("GeneralizedDiceScore", {"num_classes": 3, **more, "input_format": "index"}, *images, functional="generalized_dice_score", whole=False)
        cases.add("GeneralizedDiceScore", {"num_classes": 5, **more, "input_format": "index"}, absent, functional="generalized_dice_score", note="classes that are in neither")
    cases.add("GeneralizedDiceScore", {"num_classes": 3, **options, "input_format": "mixed"}, *both, functional="generalized_dice_score", whole=False)
for name in ["DiceScore", "GeneralizedDiceScore"]:
    cases.add(name, {"num_classes": 1, "include_background": False}, (hot[0][0][:, :1], hot[0][1][:, :1]), note="one class, which is the background")
cases.add("MeanIoU", {"input_format": "index"}, images[0], note="an unknown number of classes")
cases.add("MeanIoU", {"num_classes": 0}, sizes[0])
cases.add("MeanIoU", {"num_classes": 2, "input_format": "index"}, images[0], note="an unknown class")
cases.add("MeanIoU", {}, (sizes[0][0], sizes[0][1][:2]), note="mixed shapes")
cases.add("MeanIoU", {"input_format": "mixed"}, index[0], note="nothing mixed")
cases.add("MeanIoU", {}, index[0], note="class numbers as 0 and 1")
cases.add("GeneralizedDiceScore", {"num_classes": 3, "weight_type": "cubic"}, sizes[0])
cases.add("GeneralizedDiceScore", {"num_classes": 2, "input_format": "index"}, images[0], note="an unknown class")

square = [(torch.randint(2, (n, 3, 6, 6)), torch.randint(2, (n, 3, 6, 6))) for n in (2, 1)]
corner = torch.zeros(2, 2, 9, 9, dtype=torch.int64)
ring = torch.zeros(2, 2, 9, 9, dtype=torch.int64)
corner[0, :, :3, :4] = corner[1, :, 2:8, 5:] = 1
ring[0, :, 2:9, 1:8] = ring[1, :, :1, :1] = 1
ring[0, :, 4:6, 3:6] = 0
classes = [(torch.randint(3, (n, 7, 7)), torch.randint(3, (n, 7, 7))) for n in (2, 1)]
scored = [(torch.randn(n, 3, 7, 7), torch.randint(3, (n, 7, 7))) for n in (2, 1)]
for distance in ["euclidean", "chessboard", "taxicab"]:
    for more in [{}, {"spacing": [2.0, 0.5]}, {"directed": True}, {"directed": True, "spacing": [1.0, 3.0]}]:
        options = {"distance_metric": distance, **more}
        cases.add("HausdorffDistance", {"num_classes": 2, **options, "include_background": True}, (corner, ring), functional="hausdorff_distance", note="regions")
        cases.add("HausdorffDistance", {"num_classes": 3, **options}, *square, functional="hausdorff_distance", whole=False)
    cases.add("HausdorffDistance", {"num_classes": 3, **options, "input_format": "index"}, *classes, functional="hausdorff_distance", whole=False)
    cases.add("HausdorffDistance", {"num_classes": 3, **options, "input_format": "mixed"}, *scored, functional="hausdorff_distance", whole=False)
one = torch.zeros(2, 2, 4, 4, dtype=torch.int64)
one[:, 1, 1, 2] = 1
for directed in [False, True]:
    cases.add("HausdorffDistance", {"num_classes": 2, "directed": directed}, (one, one * 0), note="no actual region", functional="hausdorff_distance")
    cases.add("HausdorffDistance", {"num_classes": 2, "directed": directed}, (one * 0, one), note="no predicted region", functional="hausdorff_distance")
cases.add("HausdorffDistance", {"num_classes": 2}, (one * 0, one * 0), note="no region")
cases.add("HausdorffDistance", {"num_classes": 2, "include_background": True}, (one, one), note="no background")
cases.add("HausdorffDistance", {"num_classes": 2}, (one * 2, one), note="neither 0 nor 1")
cases.add("HausdorffDistance", {"num_classes": 3}, (hot[0][0].unsqueeze(-1), hot[0][1].unsqueeze(-1)), note="volumes")
cases.add("HausdorffDistance", {"num_classes": 3, "input_format": "index"}, index[0], note="rows of points")
cases.add("HausdorffDistance", {"num_classes": 2, "input_format": "index"}, classes[0], note="an unknown class")
cases.add("HausdorffDistance", {"num_classes": 2, "distance_metric": "manhattan"}, (one, one))
cases.add("HausdorffDistance", {"num_classes": 2, "spacing": [1.0]}, (one, one))

# Its own transform of distances mixes up rows and columns of images that are not square. SciPy's does not.
transform = utils.distance_transform
utils.distance_transform = lambda x, sampling=None, metric=None: torch.tensor(transform(x, sampling or [1, 1], metric, engine="scipy"), dtype=torch.float32)
wide = [(torch.randint(2, (n, 2, 5, 9)), torch.randint(2, (n, 2, 5, 9))) for n in (2, 3)]
for options in [{}, {"directed": True}, {"spacing": [0.7, 1.9]}]:
    cases.add("HausdorffDistance", {"num_classes": 2, **options}, *wide, note="wider than high, by SciPy", functional="hausdorff_distance", whole=False)
for case in cases.cases:
    # It warns of a default that a version before this one had.
    case.pop("warnings", None)
cases.save()
