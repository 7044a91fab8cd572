import type { Tensor } from "@tensorflow/tfjs-core";
import type { Buffer, Parameter } from "../autograd/parameter.js";
import { isLazy } from "../autograd/lazy-shape.js";
import { StateDictError, type ShapeMismatch } from "../errors/state-dict-error.js";
import { withoutRecording } from "../tensor/engine-internals/tape.js";
import { tf } from "../tensor/tf.js";
import type { HostValue, LoadStateDictOptions, LoadStateDictResult } from "./state-dict.js";

/** Copies values into named variables; checks everything before it changes anything. */
export function loadInto(
  module: string,
  targets: ReadonlyMap<string, Parameter | Buffer>,
  source: ReadonlyMap<string, Tensor | HostValue>,
  options: LoadStateDictOptions,
): LoadStateDictResult {
  const missingKeys = [...targets.keys()].filter((key) => !source.has(key));
  const unexpectedKeys = [...source.keys()].filter((key) => !targets.has(key));
  const shapeMismatches: ShapeMismatch[] = [];
  for (const [key, target] of targets) {
    const value = source.get(key);
    if (value !== undefined && !isLazy(target) && !tf.util.arraysEqual([...value.shape], target.shape))
      shapeMismatches.push({ key, expected: target.shape, received: [...value.shape] });
  }
  const isStrict = options.strict ?? true;
  if (shapeMismatches.length > 0 || (isStrict && missingKeys.length + unexpectedKeys.length > 0)) {
    throw new StateDictError({ module, missingKeys, unexpectedKeys, shapeMismatches });
  }
  for (const [key, target] of targets) {
    const value = source.get(key);
    if (value !== undefined) copyInto(target, value);
  }
  return { missingKeys, unexpectedKeys };
}

function copyInto(target: Parameter | Buffer, value: Tensor | HostValue): void {
  if (isLazy(target)) target.materialize(new Float32Array(tf.util.sizeFromShape([...value.shape])), value.shape);
  if (isTensor(value)) {
    withoutRecording(() =>
      tf.tidy(() => target.assign(value.dtype === target.dtype ? tf.clone(value) : tf.cast(value, target.dtype))),
    );
    return;
  }
  const { values } = value;
  target.setData(isNumbers(values) ? values : Float64Array.from(values, Number));
}

/** Lists of numbers are copied at once. */
function isNumbers(values: HostValue["values"]): values is Float32Array | Float64Array | Int32Array | Uint8Array {
  return [Float32Array, Float64Array, Int32Array, Uint8Array].some((type) => values instanceof type);
}

function isTensor(value: Tensor | HostValue): value is Tensor {
  return "dataSync" in value;
}
