import * as tf from "@tensorflow/tfjs-core";
import { customGradEngine } from "./engine-internals/kernels.js";
import { isRecording } from "./engine-internals/tape.js";
import { operationNames } from "./engine-internals/scope-stack.js";

/**
 * Gives `tf.divNoNan` a gradient of 0 where it divides by 0. tfjs divides everywhere and selects afterwards, so that
 * the gradient of the division, 0 / 0, is NaN there. What is recorded divides by 1 instead in those places.
 */
export function differentiateDivNoNan(): void {
  const current = customGradEngine();
  const runKernel = current.runKernel.bind(current);
  current.runKernel = (name, inputs, attrs) => {
    const { b } = inputs;
    if (name !== "RealDiv" || b === undefined || !isRecording() || operationNames().at(-2) !== "divNoNan__op")
      return runKernel(name, inputs, attrs);
    return runKernel(name, { ...inputs, b: tf.where(tf.equal(b, 0), tf.onesLike(b), b) }, attrs);
  };
}
