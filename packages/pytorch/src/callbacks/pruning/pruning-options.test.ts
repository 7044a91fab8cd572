import { describe, expect, it } from "vitest";
import { checkPruningOptions, isAmount, type ModelPruningOptions } from "./pruning-options.js";

const l1 = { pruningFn: "l1_unstructured" };
const channels = { useGlobalUnstructured: false, pruningDim: 0 };

function refusalOf(options: object): string {
  try {
    checkPruningOptions(options as ModelPruningOptions);
    return "none";
  } catch (error) {
    return String(error);
  }
}

describe("options of pruning", () => {
  it.each<[object]>([
    [l1],
    [{ pruningFn: "random_unstructured", useGlobalUnstructured: false }],
    [{ pruningFn: () => [] }],
    [{ pruningFn: "random_structured", ...channels }],
    [{ pruningFn: "ln_structured", ...channels, pruningNorm: 1 }],
    [{ pruningFn: "ln_structured", ...channels, pruningDim: -1, pruningNorm: Number.POSITIVE_INFINITY }],
    [{ ...l1, parametersToPrune: [], parameterNames: ["weight", "bias"], applyPruning: () => true }],
    [{ ...l1, amount: 0, verbose: 0 }],
    [{ ...l1, amount: 7, verbose: 1 }],
    [{ ...l1, amount: 0.999, verbose: 2 }],
    [{ ...l1, amount: () => 1.5, makePruningPermanent: false, useLotteryTicketHypothesis: false }],
    [{ ...l1, resampleParameters: true, pruneOnTrainEpochEnd: false }],
  ])("may be %o", (options) => {
    expect(refusalOf(options)).toBe("none");
  });

  it.each<[object, string]>([
    [
      { pruningFn: "l2" },
      'pruningFn: "l2". Expected one of "l1_unstructured", "random_unstructured", "ln_structured", "random_structured", or a function',
    ],
    [{ ...l1, parameterNames: ["weight", "weights"] }, '"weight" and "bias"'],
    [{ ...l1, amount: 1.5 }, "a whole number of at least 0, a part from 0 to 1, or a function of the epoch"],
    [{ ...l1, amount: -1 }, "a whole number of at least 0"],
    [{ ...l1, verbose: 3 }, "0, 1 or 2"],
    [
      { pruningFn: "ln_structured", pruningDim: 0, pruningNorm: 1 },
      "false: channels are pruned in one parameter at a time",
    ],
    [{ pruningFn: "random_structured", pruningDim: 0 }, "false: channels are pruned in one parameter at a time"],
    [{ pruningFn: "random_structured", useGlobalUnstructured: false }, "the dimension of the channels"],
    [{ pruningFn: "random_structured", ...channels, pruningDim: 0.5 }, "the dimension of the channels"],
    [{ pruningFn: "ln_structured", ...channels }, "the order of the norm, above 0, or Infinity"],
    [{ pruningFn: "ln_structured", ...channels, pruningNorm: 0 }, "the order of the norm, above 0, or Infinity"],
    [{ ...l1, amounts: 3 }, "amounts"],
  ])("may not be %o", (options, message) => {
    const refusal = refusalOf(options);
    expect(refusal).toContain("ModelPruning");
    expect(refusal).toContain(message.split(". ").at(-1));
  });
});

it.each<[string, object]>([
  ["pruningFn", { pruningFn: "l2" }],
  ["parameterNames", { ...l1, parameterNames: ["weights"] }],
  ["amount", { ...l1, amount: 1.5 }],
  ["verbose", { ...l1, verbose: 3 }],
  ["useGlobalUnstructured", { pruningFn: "random_structured", pruningDim: 0 }],
  ["pruningDim", { pruningFn: "random_structured", useGlobalUnstructured: false }],
  ["pruningNorm", { pruningFn: "ln_structured", ...channels }],
])("the option %s is named where it cannot be used", (name, options) => {
  expect(refusalOf(options)).toContain(`ModelPruning cannot use this ${name}.`);
});

it.each<[unknown, boolean]>([
  [0, true],
  [3, true],
  [0.5, true],
  [0.999, true],
  [1, true],
  [1.5, false],
  [-0.1, false],
  [-1, false],
  [Number.NaN, false],
  ["1", false],
  ["0.5", false],
])("the amount %o is one: %s", (amount, expected) => {
  expect(isAmount(amount)).toBe(expected);
});
