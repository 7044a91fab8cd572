"""Writes packages/metrics/src/clustering/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_clustering.py
"""

import torch

from metric_recorder import Cases

torch.sparse.check_sparse_tensor_invariants.disable()  # which torch would warn of at the first sparse tensor
torch.manual_seed(53)
cases = Cases("clustering")
t = torch.tensor


def labels(n, preds=4, classes=3):
    return (torch.randint(preds, (n,)) * 7 - 3, torch.randint(classes, (n,)))


SAME = (t([0, 0, 1, 1, 2]), t([5, 5, 3, 3, -1]))
ONE_CLUSTER = (t([0, 0, 0, 0]), t([0, 1, 1, 2]))
ONE_CLASS = (t([0, 1, 1, 2]), t([0, 0, 0, 0]))
ALL_ONE = (t([0, 0, 0]), t([1, 1, 1]))
ALL_APART = (t([0, 1, 2]), t([2, 0, 1]))
NOTHING_COMMON = (t([0, 1, 0, 1]), t([0, 0, 1, 1]))
EDGES = [("alike", SAME), ("one cluster", ONE_CLUSTER), ("one class", ONE_CLASS), ("all in one", ALL_ONE), ("all apart", ALL_APART), ("independent", NOTHING_COMMON), ("a single sample", (t([0]), t([0])))]

for name, form, every in [
    ("MutualInfoScore", "mutual_info_score", [{}]),
    ("RandScore", "rand_score", [{}]),
    ("AdjustedRandScore", "adjusted_rand_score", [{}]),
    ("HomogeneityScore", "homogeneity_score", [{}]),
    ("CompletenessScore", "completeness_score", [{}]),
    ("VMeasureScore", "v_measure_score", [{}, {"beta": 0.5}]),
    ("FowlkesMallowsIndex", "fowlkes_mallows_index", [{}]),
    ("NormalizedMutualInfoScore", "normalized_mutual_info_score", [{}, *({"average_method": how} for how in ["min", "geometric", "arithmetic", "max"])]),
    ("AdjustedMutualInfoScore", "adjusted_mutual_info_score", [{}, *({"average_method": how} for how in ["min", "geometric", "arithmetic", "max"])]),
]:
    for options in every:
        cases.add(name, options, labels(30), labels(20), functional=form)
        cases.add(name, options, labels(12, 2, 5), functional=form)
    for note, update in EDGES:
        if name == "AdjustedMutualInfoScore" and note in {"all apart", "all in one", "one cluster", "one class", "a single sample"}:
            continue  # a quotient of rounding errors there
        cases.add(name, {}, update, functional=form, note=note)
    cases.add(name, {}, (t([0, 1]), t([0, 1, 1])), note="mixed shapes")
    cases.add(name, {}, (t([0.0, 1.0]), t([0, 1])), note="labels that are no integers")
    cases.add(name, {}, (t([[0, 1]]), t([[0, 1]])), note="two dimensions")
for name in ["NormalizedMutualInfoScore", "AdjustedMutualInfoScore"]:
    cases.add(name, {"average_method": "mean"}, labels(5), note="an unknown mean")


def points(*counts):
    """As many points of each cluster, around centres that are apart."""
    return (torch.cat([torch.randn(count, 3) + 3 * k for k, count in enumerate(counts)]), torch.cat([torch.full((count,), 10 - k) for k, count in enumerate(counts)]))


for name, form, every in [("DaviesBouldinScore", "davies_bouldin_score", [{}]), ("CalinskiHarabaszScore", "calinski_harabasz_score", [{}]), ("DunnIndex", "dunn_index", [{}, {"p": 1}, {"p": 3}])]:
    for options in every:
        cases.add(name, options, points(4, 6, 5), points(3, 2, 2), functional=form)
    cases.add(name, {}, (t([[1.0, 2.0], [1.0, 2.0], [3.0, 4.0], [3.0, 4.0]]), t([0, 0, 1, 1])), functional=form, note="points that are centres")
    cases.add(name, {}, (t([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]), t([0, 0, 1, 1])), functional=form, note="centres that are one")
    cases.add(name, {}, points(5), note="one cluster")
    if name != "DunnIndex":
        cases.add(name, {}, (torch.randn(3, 2), t([0, 1, 2])), note="as many clusters as points")
        cases.add(name, {}, (torch.randn(3), t([0, 1, 1])), note="points without dimensions")
        cases.add(name, {}, (t([[1, 2], [3, 4], [5, 6]]), t([0, 1, 1])), note="points that are integers")
        cases.add(name, {}, (torch.randn(3, 2), t([[0], [1], [1]])), note="labels with columns")
cases.save()
