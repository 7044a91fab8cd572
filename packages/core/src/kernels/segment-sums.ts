/**
 * Sums of segments on tfjs' `cpu` backend: gradients of `tf.gather` and of embeddings, and `tf.unsortedSegmentSum`.
 * Importing it replaces the kernel, whenever this backend becomes the current one. tfjs' own goes through all values
 * once for each segment (a table of 16000 rows took seconds), and multiplies the others by 0, which makes NaN of one
 * infinite value everywhere.
 */
import { getKernel, type KernelConfig, registerKernel, type TypedArray, unregisterKernel } from "@tensorflow/tfjs-core";
import { whenBackendIsSet } from "../tensor/engine-internals/first-backend.js";
import { tf } from "../tensor/tf.js";

const KERNEL = "UnsortedSegmentSum";
const replaced = new WeakSet<KernelConfig["kernelFunc"]>();

whenBackendIsSet((backendName) => {
  if (backendName !== "cpu") return;
  const known = getKernel(KERNEL, backendName);
  if (known === undefined || replaced.has(known.kernelFunc)) return;
  const kernelFunc: KernelConfig["kernelFunc"] = (request) => {
    const { x, segmentIds } = request.inputs;
    const count = Number(request.attrs?.["numSegments"]);
    const { backend } = request;
    if (x === undefined || segmentIds === undefined || !(backend instanceof tf.KernelBackend))
      return known.kernelFunc(request);
    const [values, ids] = [backend.readSync(x.dataId), backend.readSync(segmentIds.dataId)];
    if (segmentIds.shape.length !== 1 || !isNumbers(values) || !isNumbers(ids) || x.dtype === "complex64")
      return known.kernelFunc(request);
    const shape = [count, ...x.shape.slice(1)];
    const sums = sumSegments(values, ids, count, tf.util.sizeFromShape(x.shape.slice(1)));
    return { dataId: backend.write(sums, shape, "float32"), shape, dtype: "float32" };
  };
  replaced.add(kernelFunc);
  unregisterKernel(KERNEL, backendName);
  registerKernel({ ...known, kernelFunc });
});

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
