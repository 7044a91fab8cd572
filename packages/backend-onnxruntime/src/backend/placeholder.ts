import type { NamedTensorInfoMap } from "@tensorflow/tfjs-core";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { EngineError } from "../errors/engine-error.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode } from "./lower-request.js";

/** What a tensor without values is recorded as while a model is exported. Nothing can compute it. */
export const PLACEHOLDER: LazyKernel = {
  name: "Placeholder",
  record: () => null,
  lower() {
    throw new EngineError({ code: "LIT_ENGINE_EXPORT", message: "A placeholder has no values, so nothing can run." });
  },
};

/** The error of a kernel that cannot be recorded while a model is exported. */
export function noLowering(kernelName: string, inputs: NamedTensorInfoMap): EngineError {
  const shapes = Object.entries(inputs).map(([name, info]) => `${name}: ${info?.dtype} [${info?.shape.join(", ")}]`);
  return new EngineError({
    code: "LIT_ENGINE_EXPORT",
    message: `The kernel ${kernelName} (${shapes.join(", ")}) has no counterpart in ONNX for these inputs.`,
    tryThis: "other operations in its place.",
  });
}

/** The error of a value that is read while a model is exported. @param node would compute it */
export function noValueYet(node: LazyNode): EngineError {
  return new EngineError({
    code: "LIT_ENGINE_EXPORT",
    message: `The value of a tensor is read while the model is exported: ${describeNode(node)}. It depends on the input, and a file cannot hold what JavaScript decides.`,
    tryThis: "tf.where(condition, a, b) in the place of if, and no dataSync(), data() or item() in forward.",
  });
}
