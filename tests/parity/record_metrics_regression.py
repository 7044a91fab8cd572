"""Writes packages/metrics/src/regression/fixtures/recorded.json.

Usage: python tests/parity/record_metrics_regression.py
"""

import torch

from metric_recorder import Cases

torch.manual_seed(41)
cases = Cases("regression")
r, u = torch.randn, torch.rand
nan = float("nan")
t = torch.tensor


def pairs(*shapes):
    return [(r(*shape), r(*shape)) for shape in shapes]


def positive(*shapes):
    return [(u(*shape) + 0.1, u(*shape) + 0.1) for shape in shapes]


def correlated(*shapes):
    return [(x, 0.7 * x + 0.4 * r(*shape) + 2) for shape in shapes for x in [r(*shape)]]


def distributions(*shapes):
    return [(u(*shape), u(*shape)) for shape in shapes]


def refused(name, options, form, *inputs):
    for note, update in inputs:
        cases.add(name, options, update, functional=form, note=note)


MIXED = ("mixed shapes", (r(3), r(4)))
NAN = (t([1.0, nan, 3.0]), t([1.0, 2.0, 3.0]))
EQUAL = (t([1.0, 2.0, 3.0]), t([1.0, 2.0, 3.0]))
CONSTANT = (t([2.0, 2.0, 2.0]), t([1.0, 2.0, 4.0]))
CONSTANT_TARGET = (t([1.0, 2.0, 4.0]), t([2.0, 2.0, 2.0]))
TIED = (t([1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 0.0]), t([2.0, 2.0, 1.0, 3.0, 1.0, 3.0, 0.0]))
SPECIAL = [("NaN", NAN), ("equal", EQUAL), ("constant predictions", CONSTANT), ("constant targets", CONSTANT_TARGET), ("tied", TIED), ("a single row", (t([1.5]), t([2.0])))]

# Sums of differences
for options in [{}, {"squared": False}]:
    cases.add("MeanSquaredError", options, *pairs([5], [3]), functional="mean_squared_error")
    cases.add("MeanSquaredError", {**options, "num_outputs": 2}, *pairs([4, 2], [3, 2]), functional="mean_squared_error")
cases.add("MeanSquaredError", {}, *pairs([2, 3, 2], [1, 3, 2]), functional="mean_squared_error")
cases.add("MeanSquaredError", {}, (t([1, 2, 3]), t([1, 4, 2])), functional="mean_squared_error", note="integers")
cases.add("MeanSquaredError", {}, (r(0), r(0)), functional="mean_squared_error", note="no rows")
refused("MeanSquaredError", {}, "mean_squared_error", MIXED, *SPECIAL)
cases.add("MeanAbsoluteError", {}, *pairs([5], [3]), functional="mean_absolute_error")
cases.add("MeanAbsoluteError", {}, *pairs([2, 3, 2], [1, 3, 2]), functional="mean_absolute_error")
cases.add("MeanAbsoluteError", {"num_outputs": 3}, *pairs([4, 3], [2, 3]), functional="mean_absolute_error")
refused("MeanAbsoluteError", {}, "mean_absolute_error", MIXED, *SPECIAL)
for name, form in [
    ("MeanAbsolutePercentageError", "mean_absolute_percentage_error"),
    ("SymmetricMeanAbsolutePercentageError", "symmetric_mean_absolute_percentage_error"),
    ("WeightedMeanAbsolutePercentageError", "weighted_mean_absolute_percentage_error"),
]:
    cases.add(name, {}, *pairs([5], [3]), functional=form)
    cases.add(name, {}, *pairs([3, 2], [2, 2]), functional=form)
    cases.add(name, {}, (t([1.0, -2.0, 0.0]), t([0.0, 0.0, 0.0])), functional=form, note="zero targets")
    refused(name, {}, form, MIXED, *SPECIAL)
cases.add("LogCoshError", {}, *pairs([5], [3]), functional="log_cosh_error")
cases.add("LogCoshError", {"num_outputs": 3}, *pairs([5, 3], [3, 3]), functional="log_cosh_error")
cases.add("LogCoshError", {}, *pairs([3, 2]), note="columns that were not declared")
refused("LogCoshError", {}, "log_cosh_error", MIXED, *SPECIAL)
cases.add("MeanSquaredLogError", {}, *positive([5], [3]), functional="mean_squared_log_error")
cases.add("MeanSquaredLogError", {}, *positive([3, 2], [1, 2]), functional="mean_squared_log_error")
cases.add("MeanSquaredLogError", {}, (t([-1.5, 1.0]), t([1.0, 2.0])), functional="mean_squared_log_error", note="below -1")
refused("MeanSquaredLogError", {}, "mean_squared_log_error", MIXED, *SPECIAL)
for p in [1, 2, 3.5]:
    cases.add("MinkowskiDistance", {"p": p}, *pairs([5], [3]), functional="minkowski_distance")
refused("MinkowskiDistance", {"p": 3}, "minkowski_distance", MIXED, *SPECIAL)
cases.add("MinkowskiDistance", {"p": 0.5}, *pairs([3]), note="p below 1")
for power in [-1.0, 0.0, 1.0, 1.5, 2.0, 3.0]:
    cases.add("TweedieDevianceScore", {"power": power}, *positive([5], [3]), functional="tweedie_deviance_score")
    cases.add("TweedieDevianceScore", {"power": power}, *positive([2, 3], [3, 3]), functional="tweedie_deviance_score")
cases.add("TweedieDevianceScore", {"power": 1.0}, (t([1.0, 2.0]), t([0.0, 1.0])), functional="tweedie_deviance_score", note="a target of 0")
for power, update in [(1.0, ([0.0, 1.0], [1.0, 1.0])), (1.0, ([1.0, 1.0], [-1.0, 1.0])), (2.0, ([1.0, 1.0], [0.0, 1.0])), (-1.0, ([-1.0, 1.0], [1.0, 1.0])), (1.5, ([1.0, 1.0], [-0.5, 1.0])), (3.0, ([1.0, 1.0], [0.0, 1.0]))]:
    cases.add("TweedieDevianceScore", {"power": power}, tuple(map(t, update)), note="out of its domain")
cases.add("TweedieDevianceScore", {"power": 0.5}, *positive([3]), note="no deviance")
for normalization in ["mean", "range", "std", "l2"]:
    options = {"normalization": normalization}
    cases.add("NormalizedRootMeanSquaredError", options, *correlated([5], [3]), functional="normalized_root_mean_squared_error")
    cases.add("NormalizedRootMeanSquaredError", {**options, "num_outputs": 2}, *correlated([5, 2], [3, 2]), functional="normalized_root_mean_squared_error")

# Against the variance
for name, form in [("R2Score", "r2_score"), ("ExplainedVariance", "explained_variance")]:
    cases.add(name, {}, *correlated([5], [3]), functional=form)
    for multioutput in ["raw_values", "uniform_average", "variance_weighted"]:
        cases.add(name, {"multioutput": multioutput}, *correlated([5, 3], [4, 3]), functional=form)
        columns = (t([[1.0, 2.0, 0.0], [2.0, 2.0, 0.0], [3.0, 5.0, 0.0]]), t([[1.0, 3.0, 0.0], [2.0, 3.0, 0.0], [3.0, 3.0, 0.0]]))
        cases.add(name, {"multioutput": multioutput}, columns, functional=form, note="columns without errors or variance")
    cases.add(name, {"multioutput": "median"}, *correlated([5]), note="an unknown multioutput")
    refused(name, {}, form, MIXED, *SPECIAL)
for adjusted in [1, 3, 7, 9]:
    cases.add("R2Score", {"adjusted": adjusted}, *correlated([5], [3]), functional="r2_score", each=False)
cases.add("R2Score", {"adjusted": -1}, *correlated([5]), note="a negative adjusted")
cases.add("R2Score", {}, *pairs([2, 2, 2]), note="three dimensions")
for squared in [True, False]:
    cases.add("RelativeSquaredError", {"squared": squared}, *correlated([5], [3]), functional="relative_squared_error")
    cases.add("RelativeSquaredError", {"squared": squared, "num_outputs": 2}, *correlated([5, 2], [3, 2]), functional="relative_squared_error")
cases.add("RelativeSquaredError", {}, CONSTANT_TARGET, functional="relative_squared_error", note="constant targets")

# Correlations
for name, form in [("PearsonCorrCoef", "pearson_corrcoef"), ("ConcordanceCorrCoef", "concordance_corrcoef"), ("SpearmanCorrCoef", "spearman_corrcoef"), ("KendallRankCorrCoef", "kendall_rank_corrcoef")]:
    cases.add(name, {}, *correlated([8], [5], [2]), functional=form)
    cases.add(name, {"num_outputs": 3}, *correlated([6, 3], [5, 3]), functional=form)
    refused(name, {}, form, MIXED, *SPECIAL)
    cases.add(name, {}, (TIED[0], TIED[1]), (TIED[1], TIED[0]), functional=form, note="ties over two batches")
    cases.add(name, {"num_outputs": 2}, *pairs([4, 3]), note="another number of columns")
    cases.add(name, {}, *pairs([4, 3]), note="columns that were not declared")
    cases.add(name, {}, *pairs([2, 2, 2]), note="three dimensions")
for name, form in [("PearsonCorrCoef", "pearson_corrcoef"), ("ConcordanceCorrCoef", "concordance_corrcoef")]:
    far = [(x + 1000, y + 500) for x, y in correlated([64], [32])]
    cases.add(name, {}, *far, functional=form, note="far from zero", tolerance=1e-3, each=False)
    rows = [(x, y) for x, y in zip(*correlated([6])[0])]
    cases.add(name, {}, *[(x[None], y[None]) for x, y in rows], functional=form, note="a row at a time", each=False)
cases.add("SpearmanCorrCoef", {}, (t([1, 2, 3]), t([1, 2, 3])), note="integers")
for variant in ["a", "b", "c"]:
    for alternative in [None, "two-sided", "less", "greater"]:
        options = {"variant": variant, **({"t_test": True, "alternative": alternative} if alternative else {})}
        cases.add("KendallRankCorrCoef", options, *correlated([8], [4]), functional="kendall_rank_corrcoef")
        cases.add("KendallRankCorrCoef", options, TIED, functional="kendall_rank_corrcoef", note="tied")
    cases.add("KendallRankCorrCoef", {"variant": variant, "t_test": True, "num_outputs": 2}, *correlated([6, 2], [4, 2]), functional="kendall_rank_corrcoef")

# Rows
for reduction in ["sum", "mean", "none"]:
    cases.add("CosineSimilarity", {"reduction": reduction}, *pairs([4, 3], [2, 3]), functional="cosine_similarity")
    for log_prob in [False, True]:
        for name, form in [("KLDivergence", "kl_divergence"), ("JensenShannonDivergence", "jensen_shannon_divergence")]:
            updates = [tuple(torch.log_softmax(x, -1) for x in pair) for pair in pairs([4, 3], [2, 3])] if log_prob else distributions([4, 3], [2, 3])
            cases.add(name, {"reduction": reduction, "log_prob": log_prob}, *updates, functional=form)
cases.add("CosineSimilarity", {}, (t([[0.0, 0.0], [1.0, 2.0]]), t([[1.0, 1.0], [2.0, nan]])), functional="cosine_similarity", note="a row of zeros, and a NaN")
cases.add("CosineSimilarity", {}, *pairs([3]), note="one dimension")
cases.add("CosineSimilarity", {}, (r(2, 3), r(2, 4)), note="mixed shapes")
cases.add("CosineSimilarity", {"reduction": "max"}, *pairs([3, 2]), note="an unknown reduction")
for name, form in [("KLDivergence", "kl_divergence"), ("JensenShannonDivergence", "jensen_shannon_divergence")]:
    cases.add(name, {}, (t([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]), t([[0.2, 0.4, 0.4], [0.5, 0.3, 0.2]])), functional=form, note="zeros in p")
    cases.add(name, {}, (t([[0.2, 0.8]]), t([[0.0, 1.0]])), functional=form, note="zeros in q")
    cases.add(name, {}, *distributions([3]), note="one dimension")
    cases.add(name, {}, (u(2, 3), u(2, 4)), note="mixed shapes")
    cases.add(name, {"reduction": "max"}, *distributions([3, 2]), note="an unknown reduction")

cases.add("CriticalSuccessIndex", {"threshold": 0.5}, *distributions([5, 3], [2, 3]), functional="critical_success_index")
cases.add("CriticalSuccessIndex", {"threshold": 0.5, "keep_sequence_dim": 1}, *distributions([4, 3], [4, 3]), functional="critical_success_index", whole=False)
cases.add("CriticalSuccessIndex", {"threshold": 2.0}, *distributions([4]), functional="critical_success_index", note="nothing above")
cases.save()
