"""Writes packages/metrics/src/segmentation/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_segmentation.py
"""

import torch

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
for case in cases.cases:
    # It warns of a default that a version before this one had.
    case.pop("warnings", None)
cases.save()
