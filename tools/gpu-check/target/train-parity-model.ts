import {
  backward,
  F,
  optim,
  resolveBackend,
  seedEverything,
  tensorScope,
  tf,
} from "../../../packages/core/src/index.js";
import { encodeStart, startFrom } from "../../../apps/benchmarks/src/peers/start-file.js";
import { PARITY_MODELS } from "./parity-models.js";
import { relativeDifference } from "./relative-difference.js";

const SEED = 7;
const LEARNING_RATE = 0.05;

/** What a training came to. */
export interface Trained {
  /** By parameter and buffer, at the end. */
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly losses: readonly number[];
  readonly firstStepMs: number;
  readonly laterStepMs: number;
}

/**
 * A small model, ready to be trained on one backend after the other, from the same weights and with the same batch and
 * masks.
 * @param precision is around the forward and the backward of each step
 * @returns what trains it with SGD
 */
export function parityTraining(
  name: string,
  precision: <TResult>(body: () => TResult) => TResult = (body) => body(),
): (backend: string, steps: number) => Promise<Trained> {
  const create = PARITY_MODELS[name];
  if (create === undefined) throw new RangeError(`There is no model ${name}.`);
  seedEverything(SEED);
  const start = encodeStart(create());
  return async (backend, steps) => {
    const { backend: current } = await resolveBackend(backend);
    seedEverything(SEED);
    const { model, inputs, targets } = startFrom(start, create().model);
    const optimizer = new optim.SGD(model.parameters(), { lr: LEARNING_RATE });
    const losses: number[] = [];
    const times: number[] = [];
    for (let i = 0; i < steps; i += 1) {
      const began = performance.now();
      const scope = tensorScope();
      optimizer.zeroGrad();
      const x = tf.tensor(inputs.values, [...inputs.shape], inputs.dtype);
      const y = tf.tensor(targets.values, [...targets.shape], targets.dtype);
      const loss = scope.keep(precision(() => F.crossEntropy(model.forward(x), y)));
      precision(() => backward(loss));
      optimizer.step();
      scope.close();
      await current.submit();
      losses.push((await loss.data())[0] ?? NaN);
      loss.dispose();
      times.push(performance.now() - began);
    }
    const values = new Map<string, Float32Array>();
    for (const [key, variable] of model.stateDict()) values.set(key, Float32Array.from(await variable.data()));
    const [firstStepMs = NaN, ...later] = times;
    const laterStepMs = later.toSorted((a, b) => a - b)[later.length >> 1] ?? NaN;
    return { values, losses, firstStepMs, laterStepMs };
  };
}

/** The tensor that differs most, in parts of its largest expected value. */
export function worstDifference(expected: Trained, received: Trained): { name: string; difference: number } {
  let worst = { name: "", difference: 0 };
  for (const [name, values] of expected.values) {
    const difference = relativeDifference(values, received.values.get(name) ?? new Float32Array());
    if (difference > worst.difference || Number.isNaN(difference)) worst = { name, difference };
  }
  return worst;
}
