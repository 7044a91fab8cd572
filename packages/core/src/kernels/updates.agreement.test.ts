import { beforeAll, describe, expect, it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { RandomStream } from "../random/random-stream.js";
import { tf } from "../tensor/tf.js";
import { adadeltaUpdate } from "./adadelta-update.js";
import { adagradUpdate } from "./adagrad-update.js";
import { adamaxUpdate } from "./adamax-update.js";
import { asgdUpdate } from "./asgd-update.js";
import { listPrefix, meanOfLists } from "./mean-of-lists.js";
import { nadamUpdate } from "./nadam-update.js";
import { radamUpdate } from "./radam-update.js";
import { rmspropUpdate } from "./rmsprop-update.js";
import { rpropUpdate } from "./rprop-update.js";
import { runFused } from "./run-fused.js";
import { listInputs } from "./tensor-lists.js";

const SHAPES = [[3, 4], [5], [], [0]];
const SPECIAL = [0, Number.NaN, Number.POSITIVE_INFINITY, 1e-30];

/** Lists of positive numbers but for the gradients, the first of which has special values. */
function lists(names: string): Record<string, tf.Tensor> {
  const stream = RandomStream.fromSeed(3);
  return listInputs(
    Object.fromEntries(
      [...names].map((name) => [
        name,
        SHAPES.map((shape, i) => {
          const isSigned = "pgr".includes(name);
          const values = new Float32Array(tf.util.sizeFromShape(shape));
          if (isSigned) stream.fillNormal(values);
          else stream.fillUniform(values, 0.5, 2);
          if (name === "g" && i === 0) values.set(SPECIAL);
          return tf.tensor(values, shape);
        }),
      ]),
    ),
  );
}

const common = { lr: 0.1, weightDecay: 0.1, maximize: true, eps: 1e-3, beta1: 0.9, beta2: 0.99, count: SHAPES.length };
const decoupled = { ...common, decoupledWeightDecay: true };
const rprop = { etaMinus: 0.5, etaPlus: 1.2, stepSizeMin: 1e-6, stepSizeMax: 1, maximize: true, count: SHAPES.length };

const pairs: Readonly<Record<string, () => [fused: tf.Tensor[], composite: tf.Tensor[]]>> = {
  RMSprop: () => {
    const attrs = { ...common, alpha: 0.9, momentum: 0.5, centered: false };
    const inputs = lists("pgvb");
    return [runFused(rmspropUpdate, inputs, attrs), rmspropUpdate.composite(inputs, attrs)];
  },
  Adagrad: () => {
    const attrs = { ...common, rate: 0.05 };
    const inputs = lists("pgs");
    return [runFused(adagradUpdate, inputs, attrs), adagradUpdate.composite(inputs, attrs)];
  },
  Adadelta: () => {
    const attrs = { ...common, rho: 0.9 };
    const inputs = lists("pgvd");
    return [runFused(adadeltaUpdate, inputs, attrs), adadeltaUpdate.composite(inputs, attrs)];
  },
  NAdam: () => {
    const attrs = { ...decoupled, biasCorrection2: 0.3, gradientRate: 0.02, meanRate: 0.05 };
    const inputs = lists("pgmv");
    return [runFused(nadamUpdate, inputs, attrs), nadamUpdate.composite(inputs, attrs)];
  },
  RAdam: () => {
    const attrs = { ...decoupled, isRectified: true, rate: 0.1 };
    const inputs = lists("pgmv");
    return [runFused(radamUpdate, inputs, attrs), radamUpdate.composite(inputs, attrs)];
  },
  Adamax: () => {
    const attrs = { ...common, rate: 0.1 };
    const inputs = lists("pgmu");
    return [runFused(adamaxUpdate, inputs, attrs), adamaxUpdate.composite(inputs, attrs)];
  },
  ASGD: () => {
    const attrs = { ...common, eta: 0.1, lambd: 0.01, mu: 0.2 };
    const inputs = lists("pga");
    return [runFused(asgdUpdate, inputs, attrs), asgdUpdate.composite(inputs, attrs)];
  },
  means: () => {
    const inputs = lists("pg");
    const attrs = { lists: 2, count: SHAPES.length };
    const named = Object.fromEntries(
      SHAPES.flatMap((_, i) =>
        ["p", "g"].map((list, at) => [`${listPrefix(at)}${i}`, inputs[`${list}${i}`] ?? tf.scalar(0)]),
      ),
    );
    return [runFused(meanOfLists, named, attrs), meanOfLists.composite(named, attrs)];
  },
  Rprop: () => {
    const inputs = lists("pgrs");
    return [runFused(rpropUpdate, inputs, rprop), rpropUpdate.composite(inputs, rprop)];
  },
};

const hasEngine = (await backendsUnderTest()).includes("onnxruntime");

describe.runIf(hasEngine)("the engine's update of a list of parameters", () => {
  beforeAll(async () => {
    await resolveBackend("onnxruntime");
  });

  it.each(Object.keys(pairs))("of %s agrees with plain operations, NaN and infinities included", (name) => {
    const [fused, composite] = pairs[name]?.() ?? [[], []];
    expect(fused.map(({ shape }) => shape)).toEqual(composite.map(({ shape }) => shape));
    expect(fused.length).toBeGreaterThan(0);
    for (const [i, tensor] of fused.entries()) {
      const values = composite[i]?.dataSync() ?? [];
      tensor.dataSync().forEach((value, at) => {
        const wanted = values[at] ?? 0;
        if (Number.isFinite(wanted))
          expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(wanted)));
        else expect(value).toBe(wanted);
      });
    }
  });
});
