/**
 * Products of batches on tfjs' own backends. Importing it repairs them, whenever one of these backends becomes the
 * current one.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { type KernelFunction, replaceKernel } from "./replace-kernel.js";

/**
 * Their kernels take the number of a product modulo the length of an operand's batch, which is right for leading
 * repeats alone.
 */
const WRONG = new Set(["cpu", "wasm"]);

replaceKernel("BatchMatMul", WRONG, (known) => (known === undefined ? undefined : repair(known)));

function repair(known: KernelFunction): KernelFunction {
  return (request) => {
    const { a, b } = request.inputs;
    if (!isTensor(a) || !isTensor(b) || isRepeatedInFront(a, b)) return known(request);
    const [left, right] = repeated(a, b);
    const result = known({ ...request, inputs: { a: left, b: right } });
    for (const copy of [left, right]) copy.dispose();
    return result;
  };
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof tf.Tensor;
}

/**
 * Whether one operand's batch is the end of the other's, ones in front aside: then the modulo finds the right matrix.
 */
function isRepeatedInFront(a: Tensor, b: Tensor): boolean {
  const [longer, shorter] = [batchOf(a), batchOf(b)].toSorted((left, right) => size(right) - size(left));
  if (longer === undefined || shorter === undefined) return true;
  const [full, part] = [withoutOnes(longer), withoutOnes(shorter)];
  return tf.util.arraysEqual(full.slice(full.length - part.length), part);
}

function repeated(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const batch = tf.backend_util.assertAndGetBroadcastShape(batchOf(a), batchOf(b));
  const copy = (matrices: Tensor): Tensor => tf.broadcastTo(matrices, [...batch, ...matrices.shape.slice(-2)]);
  return [copy(a), copy(b)];
}

function batchOf(matrices: Tensor): number[] {
  return matrices.shape.slice(0, -2);
}

/** The lengths of a batch, without the ones in front. */
function withoutOnes(batch: readonly number[]): number[] {
  const first = batch.findIndex((length) => length !== 1);
  return first < 0 ? [] : batch.slice(first);
}

function size(batch: readonly number[]): number {
  return batch.reduce((product, length) => product * length, 1);
}
