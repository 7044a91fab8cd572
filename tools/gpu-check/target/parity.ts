/**
 * Trains a small model on the processor and on a device, from the same weights and with the same batch and masks, and
 * compares what both end with: `parity.mjs <backend> <model> [steps]`. Prints one line of JSON.
 */
import { parityTraining, worstDifference } from "./train-parity-model.js";

/** Of each tensor's largest value. */
const TOLERANCE = 1e-4;
const [backendName = "", modelName = "", steps = "50"] = process.argv.slice(2);

const train = parityTraining(modelName);
const expected = await train("onnxruntime", Number(steps));
const received = await train(backendName, Number(steps));
const worst = worstDifference(expected, received);
const { firstStepMs, laterStepMs, losses } = received;
const lossDifference = Math.max(...expected.losses.map((loss, i) => Math.abs(loss - (losses[i] ?? NaN))));
const passed = worst.difference <= TOLERANCE;
process.stdout.write(
  `${JSON.stringify({ passed, steps: losses.length, worst, lossDifference, finalLoss: losses.at(-1), firstStepMs, laterStepMs })}\n`,
);
process.exit(passed ? 0 : 1);
