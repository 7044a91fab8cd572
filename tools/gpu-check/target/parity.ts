/**
 * Trains a small model on the processor and on a device, from the same weights and with the same batch and masks, and
 * compares what both end with: `parity.mjs <backend> <model> [steps] [float16 | bfloat16]`. Prints one line of JSON.
 * In halves the device may end at most twice as far from float32 as the processor, which rounds around float32.
 */
import { currentBackend } from "../../../packages/core/src/index.js";
import { parityTraining, type Trained, worstDifference } from "./train-parity-model.js";

/** Of each tensor's largest value. */
const TOLERANCE = 1e-4;
const [backendName = "", modelName = "", steps = "50", half] = process.argv.slice(2);

const train = parityTraining(modelName);
const expected = await train("onnxruntime", Number(steps));
const trainInHalves = half === "float16" || half === "bfloat16" ? parityTraining(modelName, inType(half)) : train;
const received = await trainInHalves(backendName, Number(steps));
const tolerance = half === undefined ? TOLERANCE : 2 * worstDifference(expected, await roundedTraining()).difference;
const worst = worstDifference(expected, received);
const { firstStepMs, laterStepMs, losses } = received;
const lossDifference = Math.max(...expected.losses.map((loss, i) => Math.abs(loss - (losses[i] ?? NaN))));
const passed = worst.difference <= tolerance;
process.stdout.write(
  `${JSON.stringify({ passed, half, tolerance, steps: losses.length, worst, lossDifference, finalLoss: losses.at(-1), firstStepMs, laterStepMs })}\n`,
);
process.exit(passed ? 0 : 1);

function roundedTraining(): Promise<Trained> {
  return trainInHalves("onnxruntime", Number(steps));
}

/** Products that `body` records compute in this type. @throws EngineError where the device does not */
function inType(dtype: "float16" | "bfloat16"): <TResult>(body: () => TResult) => TResult {
  return (body) => {
    const backend = currentBackend();
    if (backend.autocast === undefined) throw new TypeError(`${backend.name} has no halves.`);
    return backend.autocast(dtype, body);
  };
}
