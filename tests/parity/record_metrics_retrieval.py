"""Writes packages/metrics/src/retrieval/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_retrieval.py
"""

import json

import torch
import torchmetrics.functional.retrieval

from metric_recorder import Cases, camel, plain

torch.manual_seed(47)
cases = Cases("retrieval")
t = torch.tensor


def found(sizes, first=0, share=0.4, shift=0.0):
    """Things of several queries in no order, no two predictions alike."""
    n = sum(sizes)
    indexes = torch.cat([torch.full((size,), first + i) for i, size in enumerate(sizes)])[torch.randperm(n)]
    return (torch.randperm(n) / n - shift, (torch.rand(n) < share).long(), indexes)


def one(n):
    return (torch.randperm(n) / n - 0.2, (torch.rand(n) < 0.4).long())


METRICS = [
    ("RetrievalMRR", "retrieval_reciprocal_rank"),
    ("RetrievalMAP", "retrieval_average_precision"),
    ("RetrievalNormalizedDCG", "retrieval_normalized_dcg"),
    ("RetrievalRecall", "retrieval_recall"),
    ("RetrievalHitRate", "retrieval_hit_rate"),
    ("RetrievalFallOut", "retrieval_fall_out"),
    ("RetrievalPrecision", "retrieval_precision"),
    ("RetrievalRPrecision", "retrieval_r_precision"),
]
NO_TOP_K = {"RetrievalRPrecision"}
EMPTY = (t([0.5, 0.2, 0.9, 0.4]), t([1, 0, 0, 0]), t([0, 0, 1, 1]))
FULL = (t([0.5, 0.2, 0.9, 0.4]), t([1, 0, 1, 1]), t([0, 0, 1, 1]))

for name, _ in METRICS:
    for options in [{}, *({"aggregation": how} for how in ["median", "min", "max"])]:
        cases.add(name, options, found([4, 6, 1]), found([5, 3], first=2))
    cases.add(name, {}, found([6, 5], shift=0.5), note="predictions below 0")
    for action in ["neg", "pos", "skip", "error"]:
        for note, update in [("nothing relevant", EMPTY), ("nothing irrelevant", FULL)]:
            cases.add(name, {"empty_target_action": action}, update, note=note)
    cases.add(name, {"ignore_index": -1}, (t([0.5, 0.2, 0.9, 0.4, 0.7]), t([1, -1, 0, 1, -1]), t([0, 0, 1, 1, 1])), note="ignored targets")
    cases.add(name, {"ignore_index": 0}, (t([0.5, 0.2]), t([0, 0]), t([0, 0])), note="nothing else than ignored")
    cases.add(name, {}, (t([[0.5, 0.2], [0.9, 0.4]]), t([[1, 0], [0, 1]]), t([[0, 0], [3, 3]])), note="two dimensions")
    cases.add(name, {}, (t([0.5, 0.2, 0.1]), t([True, False, True]), t([7, 7, 7])), note="booleans")
    cases.add(name, {"empty_target_action": "none"}, EMPTY, note="an unknown action")
    cases.add(name, {"aggregation": "mode"}, EMPTY, note="an unknown aggregation")
    cases.add(name, {}, (t([0.5, 0.2]), t([1, 0, 1]), t([0, 0])), note="mixed shapes")
    cases.add(name, {}, (t([0.5, 0.2]), t([1, 0]), t([0.0, 0.0])), note="indexes that are no integers")
    cases.add(name, {}, (t([1, 2]), t([1, 0]), t([0, 0])), note="predictions that are integers")
    if name != "RetrievalNormalizedDCG":
        cases.add(name, {}, (t([0.5, 0.2]), t([2, 0]), t([0, 0])), note="degrees of relevance")
    if name not in NO_TOP_K:
        for k in [1, 3, 10]:
            cases.add(name, {"top_k": k}, found([4, 6, 1]), found([5, 3], first=2))
        if name not in {"RetrievalMRR", "RetrievalMAP"}:  # for which torchmetrics takes 0 for all
            cases.add(name, {"top_k": 0}, EMPTY, note="none of the best")

for k in [2, 5]:
    cases.add("RetrievalPrecision", {"top_k": k, "adaptive_k": True}, found([4, 6, 1]), found([5, 3], first=2))
degrees = (torch.randperm(9) / 9, torch.randint(0, 4, (9,)), t([0, 0, 0, 0, 1, 1, 1, 1, 1]))
cases.add("RetrievalNormalizedDCG", {}, degrees, note="degrees of relevance")
cases.add("RetrievalNormalizedDCG", {}, (degrees[0], degrees[1].float() / 2, degrees[2]), note="fractions of relevance")
tied = (t([0.5, 0.5, 0.2, 0.5, 0.2, 0.9]), t([3, 0, 1, 2, 0, 1]), t([0, 0, 0, 0, 0, 0]))
for options in [{}, {"top_k": 2}]:
    cases.add("RetrievalNormalizedDCG", options, tied, note="tied")
cases.save()

# Functional forms take one query. Those of the same names in torchmetrics.functional are deprecated, and lack options.
forms = []
for name, form in METRICS:
    for options in [{}, *([] if name in NO_TOP_K else [{"top_k": 2}, {"top_k": 12}])]:
        for inputs in [one(8), one(8), (t([0.3, 0.1]), t([0, 0])), (t([0.3, 0.1]), t([1, 1]))]:
            value = getattr(torchmetrics.functional.retrieval, form)(*inputs, **options)
            forms.append({"name": camel(form), "options": {camel(key): part for key, part in options.items()}, "inputs": plain(list(inputs), 9), "value": plain(value)})
cases.out.with_name("forms.json").write_text(json.dumps({"cases": [], "forms": forms}, separators=(",", ":")) + "\n")
