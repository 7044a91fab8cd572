import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import * as nn from "./index.js";

const { init, utils } = nn;
const { parametrizations, prune, rnn } = utils;

const matrix = () => nn.Parameter.fromData([1, 2, 3, 4], [2, 2]);
const filter = () => nn.Parameter.fromData(new Float32Array(36), [2, 2, 3, 3]);
const linear = () => new nn.Linear(2, 2);
const pruned = () => prune.identity(linear(), "weight");
const sequences = () => [tf.ones([3, 2]), tf.ones([2, 2])];
const padded = () => rnn.padSequence(sequences());

/** What each function is called with. */
const CALLS: Readonly<Record<string, Readonly<Record<string, () => readonly unknown[]>>>> = {
  init: {
    ...Object.fromEntries(["uniform", "normal", "truncNormal", "orthogonal"].map((name) => [name, () => [matrix()]])),
    ...Object.fromEntries(
      ["xavierUniform", "xavierNormal", "kaimingUniform", "kaimingNormal"].map((name) => [name, () => [matrix()]]),
    ),
    constant: () => [matrix(), 1],
    dirac: () => [filter()],
    sparse: () => [matrix(), { sparsity: 0.5 }],
    calculateGain: () => ["relu"],
    fans: () => [[2, 2]],
  },
  utils: {
    clipGradNorm: () => [[matrix()], 1],
    clipGradValue: () => [[matrix()], 1],
    clipGradsWithNorm: () => [[matrix()], 1, tf.scalar(1)],
    vectorToParameters: () => [tf.ones([4]), [matrix()]],
    weightNorm: () => [linear()],
    removeWeightNorm: () => [utils.weightNorm(linear())],
    spectralNorm: () => [linear()],
    removeSpectralNorm: () => [utils.spectralNorm(linear())],
  },
  parametrizations: { weightNorm: () => [linear()], spectralNorm: () => [linear()] },
  prune: {
    l1Unstructured: () => [linear(), "weight", { amount: 1 }],
    randomUnstructured: () => [linear(), "weight", { amount: 1 }],
    lnStructured: () => [linear(), "weight", { amount: 1, n: 2, dim: 0 }],
    randomStructured: () => [linear(), "weight", { amount: 1, dim: 0 }],
    customFromMask: () => [linear(), "weight", { mask: tf.ones([2, 2]) }],
    identity: () => [linear(), "weight"],
    globalUnstructured: () => [[[linear(), "weight"]], { amount: 1 }],
    remove: () => [pruned(), "weight"],
  },
  rnn: {
    padSequence: () => [sequences()],
    unpadSequence: () => [padded(), [3, 2]],
    packSequence: () => [sequences()],
    packPaddedSequence: () => [padded(), [3, 2]],
    padPackedSequence: () => [rnn.packSequence(sequences())],
  },
};

/** Functions of one argument, which `forEach`, `filter` and `map` may call with an index and a list behind it. */
const UNARY = ["zeros", "ones", "eye", "parametersToVector", "isPruned", "unpackSequence"];

const SHELVES: readonly [shelf: string, exports: object][] = [
  ["init", init],
  ["utils", utils],
  ["parametrizations", parametrizations],
  ["prune", prune],
  ["rnn", rnn],
];

/** Every function that is exported, whatever is added. */
const FUNCTIONS = SHELVES.flatMap(([shelf, exports]) =>
  Object.entries(exports).flatMap(([name, run]): [string, string, (...args: unknown[]) => unknown][] =>
    typeof run === "function" && /^[a-z]/.test(name) && !UNARY.includes(name) ? [[shelf, name, run as never]] : [],
  ),
);

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("an argument behind the last one", () => {
  it.each(FUNCTIONS)("is refused by %s.%s", (shelf, name, run) => {
    const call = CALLS[shelf]?.[name];
    if (call === undefined) throw new Error(`say what ${name} is called with`);
    run(...call());
    const nothing = Array.from({ length: 8 }, () => undefined);
    expect(() => run(...call(), ...nothing, 1)).toThrow(MisconfigurationError);
    expect(() => run(...call(), ...nothing, 1)).toThrow(new RegExp(`${name} takes fewer arguments.*Received 1`));
  });
});

it("functions of one argument go through lists", () => {
  const layers = [linear(), pruned()];
  const parameters = layers.flatMap((layer) => layer.parameters());
  parameters.forEach(init.zeros);
  expect(parameters.every((parameter) => parameter.dataSync().every((value) => value === 0))).toBe(true);
  expect(layers.filter(prune.isPruned)).toHaveLength(1);
  expect(parameters.some(nn.isLazy)).toBe(false);
  expect(parameters.map(nn.functional.relu)).toHaveLength(parameters.length);
});
