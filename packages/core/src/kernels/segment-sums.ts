/**
 * Sums of segments on tfjs' `cpu` and `wasm`: gradients of `tf.gather` and of embeddings, and `tf.unsortedSegmentSum`.
 * Importing it sets the kernel, whenever one of these backends becomes the current one. That of `cpu` goes through all
 * values once for each segment (a table of 16000 rows took seconds), and multiplies the others by 0, which makes NaN
 * of one infinite value everywhere; `wasm` has none.
 */
import type { KernelBackend, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { replaceKernel } from "./replace-kernel.js";

const KERNEL = "UnsortedSegmentSum";
const ON_HOST = new Set(["cpu", "wasm"]);

replaceKernel(KERNEL, ON_HOST, (known) => (request) => {
  const { x, segmentIds } = request.inputs;
  const { backend } = request;
  const sums =
    x === undefined || segmentIds === undefined || !(backend instanceof tf.KernelBackend)
      ? undefined
      : segmentSums(backend, x, segmentIds, Number(request.attrs?.["numSegments"]));
  if (sums !== undefined) return sums;
  if (known !== undefined) return known(request);
  throw new TypeError(`${KERNEL} sums numbers, by a list of segments. Received ${x?.dtype} of [${x?.shape}].`);
});

/** Undefined for what is no list of segments, and for complex numbers. */
function segmentSums(backend: KernelBackend, x: TensorInfo, ids: TensorInfo, count: number): TensorInfo | undefined {
  const [values, segments] = [backend.readSync(x.dataId), backend.readSync(ids.dataId)];
  if (ids.shape.length !== 1 || x.dtype === "complex64" || !isNumbers(values) || !isNumbers(segments)) return undefined;
  const rowShape = x.shape.slice(1);
  const sums = sumSegments(values, segments, count, tf.util.sizeFromShape(rowShape));
  const shape = [count, ...rowShape];
  return { dataId: backend.write(sums, shape, "float32"), shape, dtype: "float32" };
}

/** Values of no segment are left out. */
function sumSegments(values: TypedArray, ids: TypedArray, count: number, width: number): Float32Array {
  const sums = new Float64Array(count * width);
  for (const [row, segment] of ids.entries()) {
    if (segment < 0 || segment >= count) continue;
    for (let i = 0; i < width; i += 1) {
      const place = segment * width + i;
      sums[place] = (sums[place] ?? 0) + (values[row * width + i] ?? 0);
    }
  }
  return Float32Array.from(sums);
}

function isNumbers(values: unknown): values is TypedArray {
  return ArrayBuffer.isView(values);
}
