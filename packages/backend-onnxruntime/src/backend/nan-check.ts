import type { BackendValues } from "@tensorflow/tfjs-core";
import { EngineError } from "../errors/engine-error.js";
import { describeSpec } from "../graph/value-spec.js";
import type { LazyData } from "./lazy-data.js";

/** Throws if a kernel made a NaN although none of its inputs holds one. */
export function checkForNaN(
  kernelName: string,
  inputs: readonly LazyData[],
  outputs: readonly LazyData[],
  read: (data: LazyData) => BackendValues,
): void {
  const culprit = outputs.find((output) => hasNaN(output, read));
  if (culprit === undefined || inputs.some((input) => hasNaN(input, read))) return;
  const shapes = inputs.map((input) => describeSpec(input.dtype, input.shape)).join(", ");
  throw new EngineError({
    code: "LIT_ENGINE_NAN",
    message: `${kernelName}(${shapes}) made the first NaN, in its result ${describeSpec(culprit.dtype, culprit.shape)}.`,
    tryThis: "look at the values of its inputs: infinities, a division by zero or a logarithm of a negative number.",
  });
}

function hasNaN(data: LazyData, read: (data: LazyData) => BackendValues): boolean {
  if (data.dtype !== "float32") return false;
  const values = read(data);
  return values instanceof Float32Array && values.some(Number.isNaN);
}
