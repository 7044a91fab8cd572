import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";
import { readRecording } from "../engine-internals/tape.js";

/** What comes after |x| in log1p(exp(-|x|)). */
const REST_OF_SOFTPLUS = ["Neg", "Exp", "Log1p"];

/**
 * The gradient of `tf.abs`: dy · sign(x), which is 0 at 0 as in PyTorch; tfjs takes -1 there, so that `l1Loss` of equal
 * tensors moves weights.
 *
 * With one exception. Sigmoid cross-entropy without overflow is written relu(x) - x·z + log1p(exp(-|x|)), by tf.losses,
 * by tfjs-layers and by hand. At 0 its gradient 1/2 - z is right only if both kinks are taken from the same side, and
 * relu's gradient there is 0. So |x| that flows into log1p(exp(-|x|)) keeps -1.
 */
export const absGradient: GradConfig = {
  kernelName: "Abs",
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, [x, y]) => ({
    x: () => {
      const values = tf.cast(present(x), "float32");
      return tf.mul(only(dy), followedBy(present(y), REST_OF_SOFTPLUS) ? tf.step(values, -1) : tf.sign(values));
    },
  }),
};

/** Whether each tensor after `tensor` comes from a node of these kernels in turn, as far as the tape goes. */
function followedBy(tensor: Tensor, kernelNames: readonly string[]): boolean {
  const tape = readRecording().tape ?? [];
  let ids = new Set([tensor.id]);
  for (const kernelName of kernelNames) {
    const next = new Set<number>();
    for (const node of tape) {
      if (node.kernelName === kernelName && Object.values(node.inputs).some((input) => ids.has(input.id)))
        for (const output of node.outputs) next.add(output.id);
    }
    if (next.size === 0) return false;
    ids = next;
  }
  return true;
}
