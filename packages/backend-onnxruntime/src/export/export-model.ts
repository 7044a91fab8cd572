import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { LazyData } from "../backend/lazy-data.js";
import type { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { EngineError } from "../errors/engine-error.js";
import { encodeModel } from "../onnx-model/encode-model.js";
import type { ModelDescription, PortableModel } from "../onnx-model/model-description.js";
import type { ExportRequest } from "./export-request.js";
import { type Contents, lowerTrace } from "./lower-trace.js";
import { nameValues } from "./name-values.js";
import { unifyTraces } from "./unify-traces.js";

/** ONNX's own operators only, in the set that the engine itself uses. */
const PORTABLE_OPSETS = [{ domain: "", version: 21 }];

/**
 * Sizes for which a model is recorded: two primes that a model hardly has for other reasons, and a small one with
 * divisors: a program that takes another way for large batches, or whole halves of one, is noticed. Where a small one
 * coincides with something in the model, the next does not.
 */
const SIZES = [
  [211, 223, 6],
  [307, 311, 10],
  [401, 409, 12],
] as const;

/**
 * A model as an ONNX file. Nothing is computed: the forward is recorded, and written down.
 * @throws EngineError naming what cannot be written
 */
export function exportModel(backend: OnnxRuntimeBackend, request: ExportRequest): Uint8Array<ArrayBuffer> {
  const contents = contentsOf(backend, request.weights);
  const record = (size?: number) => recordAt(backend, request, contents, size);
  const model = request.isBatchDynamic ? anySize(record) : record();
  return encodeModel(nameValues(model, request), PORTABLE_OPSETS);
}

function anySize(record: (size: number) => ModelDescription): PortableModel {
  let failure: unknown;
  for (const sizes of SIZES) {
    const [a, b, c] = sizes;
    try {
      return unifyTraces({ sizes, models: [record(a), record(b), record(c)] });
    } catch (error) {
      if (!EngineError.isInstance(error)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function recordAt(
  backend: OnnxRuntimeBackend,
  request: ExportRequest,
  contents: Contents,
  size: number | undefined,
): ModelDescription {
  const inputs = request.inputs.map(({ shape, dtype }) =>
    backend.placeholder(size === undefined ? shape : [size, ...shape.slice(1)], dtype),
  );
  const inputData = inputs.map(({ dataId }) => backend.store.get(dataId));
  const outputs = backend.trace(() => request.forward(inputs));
  return lowerTrace(
    { inputs: inputData, outputs: outputs.map(({ dataId, shape }) => ({ data: backend.store.get(dataId), shape })) },
    contents,
  );
}

/** Reads each content once, however many sizes are recorded. */
function contentsOf(backend: OnnxRuntimeBackend, weights: ReadonlyMap<string, TensorInfo>): Contents {
  const names = new Map<LazyData, string>();
  for (const [name, { dataId }] of weights) names.set(backend.store.get(dataId), name);
  const read = new Map<LazyData, Uint8Array>();
  return {
    nameOf: (data) => names.get(data),
    bytesOf(data) {
      let bytes = read.get(data);
      if (bytes === undefined) read.set(data, (bytes = backend.bytesOf(data)));
      return bytes;
    },
  };
}
