import { classNameOf } from "../errors/class-name.js";
import type { OnnxRuntimeBackend } from "@lightning-ts/backend-onnxruntime";
import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import { requireEngine } from "../backend/engine-package.js";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import type { Module } from "../nn/module.js";
import { randomState, restoreRandomState } from "../random/global-random.js";
import { noGrad } from "../tensor/recording.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { isPromiseLike } from "../tree/is-promise-like.js";
import { flattenTree, mapTree } from "../tree/tree.js";
import { onEngine } from "./on-engine.js";

export interface ExportOnnxOptions {
  /**
   * What `forward` takes, for shapes and types; its values do not matter. A tensor or a `tf.TensorBuffer`, an array of
   * them for several arguments, or an object with several as the one argument.
   */
  readonly input: unknown;
  /** One name for each tensor of the input. @default "input", the keys of an object, or "input0", "input1", … */
  readonly inputNames?: readonly string[] | undefined;
  /** One name for each tensor that `forward` returns. @default "output", keys, or "output0", "output1", … */
  readonly outputNames?: readonly string[] | undefined;
  /**
   * Whether the first dimension of the inputs may have any size. With false all sizes are those of `input`.
   * @default true
   */
  readonly dynamicBatch?: boolean | undefined;
}

const OPTION_NAMES = ["input", "inputNames", "outputNames", "dynamicBatch"];

/** A placeholder's shape and type. */
interface ExampleTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
}

/**
 * A module's forward in evaluation mode as an ONNX file (opset 21) of ONNX's own operators, with its parameters and
 * buffers in it under their state-dict names. Nothing is computed: `forward` is recorded with the `onnxruntime` engine,
 * which must be installed; the backend that is in use stays so.
 * @throws MisconfigurationError for an input that is none, or a `forward` that cannot be recorded; an error with the
 *   code LIT_ENGINE_EXPORT that names what has no counterpart in ONNX, or depends on the batch in another way
 * @example
 * ```ts
 * import { exportOnnx, nn, tf } from "@lightning-ts/core";
 *
 * const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
 * const file = await exportOnnx(net, { input: tf.zeros([1, 4]) });
 * console.log(file.length);
 * ```
 */
export async function exportOnnx(module: Module, options: ExportOnnxOptions): Promise<Uint8Array<ArrayBuffer>> {
  rejectUnknownOptions("exportOnnx()", options, OPTION_NAMES);
  const inputs = examplesOf(options);
  return onEngine((backend) => {
    const modes = module.modules().map((one) => [one, one.training] as const);
    const random = randomState();
    module.eval();
    try {
      return write(module, backend, inputs, options);
    } finally {
      restoreRandomState(random);
      for (const [one, training] of modes) one.training = training;
    }
  });
}

function write(
  module: Module,
  backend: OnnxRuntimeBackend,
  inputs: readonly ExampleTensor[],
  options: ExportOnnxOptions,
): Uint8Array<ArrayBuffer> {
  const scope = tensorScope({ tape: false, name: "exportOnnx" });
  try {
    let outputNames: readonly string[] = options.outputNames ?? [];
    return requireEngine().exportModel(backend, {
      inputs,
      weights: new Map<string, Tensor>([...module.namedParameters(), ...module.namedBuffers()]),
      isBatchDynamic: options.dynamicBatch ?? true,
      get outputNames() {
        return outputNames;
      },
      forward(infos) {
        const tensors = infos.map((info) => tf.engine().makeTensorFromTensorInfo(info, backend));
        const outputs = outputsOf(
          module,
          noGrad(() => callForward(module, options.input, tensors)),
        );
        outputNames = checkedNames("outputNames", options.outputNames, outputs);
        return outputs.map(({ tensor }) => tensor);
      },
    });
  } finally {
    scope.close();
  }
}

/** Calls `forward` with placeholders where the example has tensors. */
function callForward(module: Module, input: unknown, tensors: readonly Tensor[]): unknown {
  const rest = [...tensors];
  const given = mapTree(input, (leaf) => (isExample(leaf) ? rest.shift() : leaf));
  return Reflect.apply(module.forward, module, Array.isArray(given) ? given : [given]);
}

function outputsOf(module: Module, result: unknown): { readonly name: string; readonly tensor: Tensor }[] {
  const owner = `${classNameOf(module)}.forward()`;
  if (isPromiseLike(result)) {
    throw new MisconfigurationError({
      code: "LIT_EXPORT",
      message: `${owner} returns a promise, and only what is computed at once can be exported.`,
      tryThis: "a module whose forward does not wait.",
    });
  }
  const leaves = flattenTree(result);
  const outputs = leaves.flatMap(({ path, value }) =>
    value instanceof Tensor ? [{ name: path.length === 0 ? "output" : nameOf("output", path), tensor: value }] : [],
  );
  if (outputs.length === leaves.length && outputs.length > 0) return outputs;
  throw new MisconfigurationError({
    code: "LIT_EXPORT",
    message: `${owner} returns something that is no tensor.`,
    expected: "a tensor, or an array or object of tensors",
    received: describeValue(
      outputs.length === 0 ? result : leaves.find(({ value }) => !(value instanceof Tensor))?.value,
    ),
  });
}

function examplesOf({ input, inputNames, dynamicBatch = true }: ExportOnnxOptions): ExampleTensor[] {
  const found = flattenTree(input).flatMap(({ path, value }) =>
    isExample(value) ? [{ name: path.length === 0 ? "input" : nameOf("input", path), value }] : [],
  );
  const names = checkedNames("inputNames", inputNames, found);
  return found.map(({ value: { shape, dtype } }, i) => {
    if ((dtype !== "float32" && dtype !== "int32" && dtype !== "bool") || (dynamicBatch && shape.length === 0))
      throw noExample(`a tensor ${dtype} [${shape.join(", ")}]`);
    return { name: names[i] ?? "", shape, dtype };
  });
}

/** Names that were given, or those that follow from where the tensors are. */
function checkedNames(
  option: "inputNames" | "outputNames",
  given: readonly string[] | undefined,
  tensors: readonly { readonly name: string }[],
): readonly string[] {
  if (option === "inputNames" && tensors.length === 0) throw noExample("no tensor");
  if (given === undefined) return tensors.map(({ name }) => name);
  if (given.length === tensors.length) return given;
  throw new MisconfigurationError({
    code: "LIT_EXPORT",
    message: `${option} does not name each tensor.`,
    expected: `${tensors.length} names`,
    received: given.join(", "),
  });
}

function noExample(received: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_EXPORT",
    message: "The input is no example of what forward takes.",
    expected: "tensors of type float32, int32 or bool, whose first dimension is the batch",
    received,
    tryThis: "input: tf.zeros([1, …]), or dynamicBatch: false for inputs without a batch.",
  });
}

function isExample(value: unknown): value is Tensor | TensorBuffer<tf.Rank> {
  return value instanceof Tensor || value instanceof TensorBuffer;
}

/** `input0` in an array, `mask` in an object, `a.0` deeper. */
function nameOf(what: string, path: readonly (string | number)[]): string {
  const [first] = path;
  return path.length === 1 && typeof first === "number" ? `${what}${first}` : path.join(".");
}
