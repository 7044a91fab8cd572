/**
 * Trains a small model on the processor and on a device, from the same weights and with the same batch and masks, and
 * compares what both end with: `parity.mjs <backend> <model> [steps]`. Prints one line of JSON.
 */
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
/** Of each tensor's largest value. */
const TOLERANCE = 1e-4;
const [backendName = "", modelName = "", steps = "50"] = process.argv.slice(2);

interface Trained {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly losses: readonly number[];
  readonly firstStepMs: number;
  readonly laterStepMs: number;
}

const create = PARITY_MODELS[modelName];
if (create === undefined) throw new RangeError(`There is no model ${modelName}.`);
seedEverything(SEED);
const start = encodeStart(create());
const expected = await train("onnxruntime", create);
const received = await train(backendName, create);
let worst = { name: "", difference: 0 };
for (const [name, values] of expected.values) {
  const difference = relativeDifference(values, received.values.get(name) ?? new Float32Array());
  if (difference > worst.difference || Number.isNaN(difference)) worst = { name, difference };
}
const { firstStepMs, laterStepMs, losses } = received;
const lossDifference = Math.max(...expected.losses.map((loss, i) => Math.abs(loss - (losses[i] ?? NaN))));
const passed = worst.difference <= TOLERANCE;
process.stdout.write(
  `${JSON.stringify({ passed, steps: losses.length, worst, lossDifference, finalLoss: losses.at(-1), firstStepMs, laterStepMs })}\n`,
);
process.exit(passed ? 0 : 1);

async function train(backend: string, model: NonNullable<typeof create>): Promise<Trained> {
  const { backend: current } = await resolveBackend(backend);
  seedEverything(SEED);
  const training = startFrom(start, model().model);
  const optimizer = new optim.SGD(training.model.parameters(), { lr: LEARNING_RATE });
  const [inputs, targets] = [training.inputs, training.targets];
  const losses: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < Number(steps); i += 1) {
    const began = performance.now();
    const scope = tensorScope();
    optimizer.zeroGrad();
    const logits = training.model.forward(tf.tensor(inputs.values, [...inputs.shape], inputs.dtype));
    const loss = scope.keep(F.crossEntropy(logits, tf.tensor(targets.values, [...targets.shape], targets.dtype)));
    backward(loss);
    optimizer.step();
    scope.close();
    await current.submit();
    losses.push((await loss.data())[0] ?? NaN);
    loss.dispose();
    times.push(performance.now() - began);
  }
  const values = new Map<string, Float32Array>();
  for (const [name, variable] of training.model.stateDict()) values.set(name, Float32Array.from(await variable.data()));
  const [first = NaN, ...later] = times;
  return { values, losses, firstStepMs: first, laterStepMs: later.toSorted((a, b) => a - b)[later.length >> 1] ?? NaN };
}
