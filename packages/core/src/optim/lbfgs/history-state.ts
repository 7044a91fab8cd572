import { type DataType, type Rank, TensorBuffer, Tensor, buffer } from "@tensorflow/tfjs-core";
import { isCount, isFloat } from "../../errors/saved-numbers.js";
import { numberIn, refuse } from "../load-optimizer-state.js";
import type { OptimizerStateEntries, OptimizerStateValue } from "../optimizer-state.js";
import { type History, NO_HISTORY } from "./direction.js";

/** The history under PyTorch's names. */
export function saveHistory(history: History): Record<string, OptimizerStateValue> {
  const { evaluations, iterations, last, gradientChanges, parameterChanges, scales, diagonal } = history;
  const counts = { func_evals: evaluations, n_iter: iterations };
  if (last === undefined) return counts;
  return {
    ...counts,
    d: vector(last.direction),
    t: last.step,
    old_dirs: gradientChanges.map(vector),
    old_stps: parameterChanges.map(vector),
    ro: [...scales],
    H_diag: diagonal,
    prev_flat_grad: vector(last.grad),
    prev_loss: last.loss,
  };
}

/** @param size elements of all parameters */
export function loadHistory(state: OptimizerStateEntries, size: number): History {
  const numbers = Object.keys(state);
  const entry = state[0];
  if (entry === undefined && numbers.length === 0) return NO_HISTORY;
  if (entry === undefined || numbers.length > 1)
    refuse("is not that of LBFGS", "values for parameter 0 only", `values for ${numbers.join(", ")}`);
  const values = (name: string): Float32Array => vectorIn(name, entry[name], size);
  const lists = (name: string): Float32Array[] => listIn(entry[name]).map((one) => vectorIn(name, one, size));
  const number = (name: string): number => {
    const value = numberIn(entry[name]);
    if (!isFloat(value)) refuse(`has no usable ${name}`, "a finite number", String(value));
    return value;
  };
  const positive = (name: string): number => {
    const value = number(name);
    if (value <= 0) refuse(`has no usable ${name}`, "a number above 0", String(value));
    return value;
  };
  const count = (name: string): number => {
    const value = numberIn(entry[name]);
    if (!isCount(value)) refuse(`has no usable ${name}`, "a whole number", String(value));
    return value;
  };
  const counts = { evaluations: count("func_evals"), iterations: count("n_iter") };
  if (entry["d"] === undefined || entry["d"] === null) return { ...NO_HISTORY, ...counts };
  return {
    ...counts,
    last: { direction: values("d"), step: number("t"), grad: values("prev_flat_grad"), loss: number("prev_loss") },
    ...pairsIn(entry["ro"], lists("old_dirs"), lists("old_stps")),
    diagonal: positive("H_diag"),
  };
}

/** What the last steps have shown: as many of each. */
function pairsIn(
  ro: OptimizerStateValue | undefined,
  gradientChanges: Float32Array[],
  parameterChanges: Float32Array[],
): { gradientChanges: Float32Array[]; parameterChanges: Float32Array[]; scales: number[] } {
  const scales = listIn(ro).map(numberIn);
  // Only steps along which the gradient rose are remembered.
  if (scales.some((scale) => !isFloat(scale) || scale <= 0))
    refuse("has no usable ro", "numbers above 0", scales.join(", "));
  const lengths = [gradientChanges.length, parameterChanges.length, scales.length];
  if (new Set(lengths).size > 1) refuse("has lost steps", "as many old_dirs, old_stps and ro", lengths.join(", "));
  return { gradientChanges, parameterChanges, scales };
}

function vector(values: Float32Array): TensorBuffer<Rank, DataType> {
  return buffer([values.length], "float32", values.slice());
}

function listIn(value: OptimizerStateValue | undefined): readonly OptimizerStateValue[] {
  return isList(value) ? value : [];
}

function isList(value: OptimizerStateValue | undefined): value is readonly OptimizerStateValue[] {
  return Array.isArray(value);
}

function vectorIn(name: string, value: OptimizerStateValue | undefined, size: number): Float32Array {
  const isTensor = value instanceof Tensor || value instanceof TensorBuffer;
  if (!isTensor || value.size !== size || value.dtype !== "float32")
    refuse(
      `does not fit: ${name}`,
      `float32, ${size} elements`,
      isTensor ? `${value.dtype}, ${value.size}` : "something else",
    );
  const values = Float32Array.from(value instanceof Tensor ? value.dataSync() : value.values, Number);
  if (values.some((one) => Number.isNaN(one))) refuse(`holds NaN: ${name}`, "numbers", "NaN");
  return values;
}
