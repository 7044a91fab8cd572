"""Predictions and targets that all recorders of classification share: a note, batches, and options for them."""

import torch

torch.manual_seed(43)
r, i = torch.rand, torch.randint
nan = float("nan")


def ignored(target, value, every=3):
    target = target.clone().reshape(-1)
    target[::every] = value
    return target


def tied(*shape):
    """Scores with few different values."""
    return (r(*shape) * 4).round() / 4


def simplex(*shape):
    return (torch.randn(*shape) * 2).softmax(1)


INPUTS = {
    "binary": [
        ("random", [(r(8), i(0, 2, (8,))), (r(5), i(0, 2, (5,)))], {}),
        ("logits", [(torch.randn(9) * 3, i(0, 2, (9,))), (torch.randn(4) * 3, i(0, 2, (4,)))], {}),
        ("labels", [(i(0, 2, (7,)), i(0, 2, (7,))), (i(0, 2, (6,)), i(0, 2, (6,)))], {}),
        ("tied", [(tied(9), i(0, 2, (9,))), (tied(6), i(0, 2, (6,)))], {"threshold": 0.25}),
        ("single class", [(r(6), torch.ones(6, dtype=torch.long)), (r(3), torch.ones(3, dtype=torch.long))], {}),
        ("no positives", [(r(6) * 0.4, torch.zeros(6, dtype=torch.long))], {}),
        ("ignored", [(r(9), ignored(i(0, 2, (9,)), -1)), (r(6), ignored(i(0, 2, (6,)), -1))], {"ignore_index": -1}),
        ("ignored only", [(r(5), torch.full((5,), -1))], {"ignore_index": -1}),
        ("NaN", [(torch.tensor([0.2, nan, 0.8, 0.6]), torch.tensor([0, 1, 1, 0]))], {}),
        ("empty", [(r(0), i(0, 2, (0,)))], {}),
        ("dimensions", [(r(4, 3, 2), i(0, 2, (4, 3, 2))), (r(2, 3, 2), i(0, 2, (2, 3, 2)))], {}),
        ("samplewise", [(r(4, 3), i(0, 2, (4, 3))), (r(2, 3), i(0, 2, (2, 3)))], {"multidim_average": "samplewise"}),
    ],
    "multiclass": [
        ("random", [(simplex(10, 4), i(0, 4, (10,))), (simplex(7, 4), i(0, 4, (7,)))], {}),
        ("labels", [(i(0, 4, (9,)), i(0, 4, (9,))), (i(0, 4, (5,)), i(0, 4, (5,)))], {}),
        ("single class", [(simplex(6, 4), torch.full((6,), 2)), (simplex(3, 4), torch.full((3,), 2))], {}),
        ("ignored", [(simplex(9, 4), ignored(i(0, 4, (9,)), -1)), (simplex(6, 4), ignored(i(0, 4, (6,)), -1))], {"ignore_index": -1}),
        ("ignored class", [(simplex(9, 4), ignored(i(0, 4, (9,)), 0)), (simplex(6, 4), ignored(i(0, 4, (6,)), 0))], {"ignore_index": 0}),
        ("ignored only", [(simplex(5, 4), torch.full((5,), -1))], {"ignore_index": -1}),
        ("top 2", [(simplex(9, 4), i(0, 4, (9,))), (simplex(6, 4), i(0, 4, (6,)))], {"top_k": 2}),
        ("empty", [(simplex(0, 4), i(0, 4, (0,)))], {}),
        ("dimensions", [(simplex(4, 4, 3), i(0, 4, (4, 3))), (simplex(2, 4, 3), i(0, 4, (2, 3)))], {}),
        ("samplewise", [(simplex(4, 4, 3), i(0, 4, (4, 3))), (simplex(2, 4, 3), i(0, 4, (2, 3)))], {"multidim_average": "samplewise"}),
    ],
    "multilabel": [
        ("random", [(r(8, 3), i(0, 2, (8, 3))), (r(5, 3), i(0, 2, (5, 3)))], {}),
        ("logits", [(torch.randn(8, 3) * 3, i(0, 2, (8, 3)))], {"threshold": 0.7}),
        ("labels", [(i(0, 2, (8, 3)), i(0, 2, (8, 3)))], {}),
        ("ignored", [(r(8, 3), ignored(i(0, 2, (8, 3)), -1, 4).reshape(8, 3)), (r(4, 3), ignored(i(0, 2, (4, 3)), -1, 4).reshape(4, 3))], {"ignore_index": -1}),
        ("ignored only", [(r(4, 3), torch.full((4, 3), -1))], {"ignore_index": -1}),
        ("dimensions", [(r(4, 3, 2), i(0, 2, (4, 3, 2))), (r(2, 3, 2), i(0, 2, (2, 3, 2)))], {}),
        ("samplewise", [(r(4, 3, 2), i(0, 2, (4, 3, 2))), (r(2, 3, 2), i(0, 2, (2, 3, 2)))], {"multidim_average": "samplewise"}),
    ],
}

EMPTY = {
    "binary": [(torch.full((4,), 0.1), torch.zeros(4, dtype=torch.long))],
    "multiclass": [(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 1, 0]))],
    "multilabel": [(torch.full((4, 3), 0.1), torch.zeros(4, 3, dtype=torch.long))],
}


def wrong():
    """Inputs that are refused: the task, its options, the inputs, and why."""
    return [
        ("binary", {}, (r(4), i(0, 2, (5,))), "mixed shapes"),
        ("binary", {}, (r(3), torch.tensor([0, 1, 2])), "class 2 of yes or no"),
        ("binary", {}, (r(3), torch.tensor([0, 1, -1])), "class -1 of yes or no"),
        ("binary", {}, (torch.tensor([0, 1, 3]), torch.tensor([0, 1, 1])), "predicted class 3 of yes or no"),
        ("binary", {"multidim_average": "samplewise"}, (r(4), i(0, 2, (4,))), "samplewise without dimensions"),
        ("multiclass", {"num_classes": 4}, (simplex(4, 3), i(0, 3, (4,))), "scores of 3 classes of 4"),
        ("multiclass", {"num_classes": 4}, (simplex(4, 4), i(0, 4, (5,))), "mixed shapes"),
        ("multiclass", {"num_classes": 3}, (i(0, 3, (4,)), torch.tensor([0, 1, 2, 9])), "class 9 of 3"),
        ("multiclass", {"num_classes": 3}, (torch.tensor([0, 1, 2, 7]), i(0, 3, (4,))), "predicted class 7 of 3"),
        ("multiclass", {"num_classes": 3}, (simplex(4, 3).round().long(), i(0, 3, (4,))), "scores that are integers"),
        ("multilabel", {"num_labels": 3}, (r(4, 2), i(0, 2, (4, 2))), "2 labels of 3"),
        ("multilabel", {"num_labels": 3}, (r(4, 3), torch.full((4, 3), 5)), "class 5 of yes or no"),
    ]
