import {
  backward,
  F,
  keep,
  optim,
  resolveBackend,
  seedEverything,
  type HostTensor,
  tensorScope,
  tf,
} from "lightning-ts/core";
import { TINY_MODELS } from "./tiny-models.js";

/** What a training came to: by parameter its numbers, and the loss of every step. */
export interface Trained {
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly losses: readonly number[];
}

/** Trains a tiny model on a backend, from the same weights and with the same random numbers every time. */
export async function trainTiny(name: string, backend: string, steps: number): Promise<Trained> {
  const resolved = await resolveBackend(backend);
  seedEverything(7);
  const task = TINY_MODELS[name]?.();
  if (task === undefined) throw new RangeError(`There is no tiny model "${name}".`);
  const { model, inputs, targets } = task;
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
  const losses: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const scope = tensorScope();
    optimizer.zeroGrad();
    const loss = keep(F.crossEntropy(model.forward(tensorOf(inputs)), tensorOf(targets)));
    backward(loss);
    optimizer.step();
    scope.close();
    await resolved.backend.submit();
    losses.push((await loss.data())[0] ?? Number.NaN);
    loss.dispose();
  }
  await resolved.backend.synchronize();
  const parameters = new Map<string, Float32Array>();
  for (const [key, parameter] of model.namedParameters())
    parameters.set(key, Float32Array.from(await parameter.data()));
  return { parameters, losses };
}

/** The largest difference of any parameter, in parts of that parameter's largest number. */
export function worstDifference(expected: Trained, received: Trained): number {
  let worst = 0;
  for (const [name, values] of expected.parameters) {
    const others = received.parameters.get(name) ?? new Float32Array(values.length).fill(Number.NaN);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    values.forEach((value, index) => {
      const difference = Math.abs(value - (others[index] ?? Number.NaN)) / largest;
      if (!(difference <= worst)) worst = difference;
    });
  }
  return worst;
}

function tensorOf({ values, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}
