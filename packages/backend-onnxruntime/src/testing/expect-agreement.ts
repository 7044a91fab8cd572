import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { runOnCpu } from "../backend/fallback.js";
import type { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { startBackend } from "./start-backend.js";

let backend: OnnxRuntimeBackend;
const fallbacks: string[] = [];

export type KernelInputs = Record<string, tf.Tensor>;
type Attributes = Record<string, number | number[] | number[][] | boolean | string>;

/** Makes this engine tfjs' current backend, and notes which kernels fall back to tfjs' cpu backend. */
export async function startAgreement(): Promise<void> {
  backend = await startBackend({
    onWarning: (message) => void (message.includes("cpu backend") && fallbacks.push(message)),
  });
}

/**
 * Runs a kernel here and on tfjs' cpu backend; both must give the same shapes, dtypes and, within float32 rounding,
 * numbers.
 */
export function expectAgreement(
  kernelName: string,
  inputs: KernelInputs,
  attrs: Attributes = {},
  tolerance = 2e-6,
): void {
  const recorded = [tf.engine().runKernel(kernelName, inputs, attrs)].flat();
  const reference = [runOnCpu(backend, kernelName, inputs, attrs).result].flat();
  expect(recorded.length).toBe(reference.length);
  recorded.forEach((tensor, i) => {
    const other = reference[i];
    if (other === undefined || !("dataSync" in tensor))
      throw new TypeError("a kernel gave something else than tensors");
    expect([tensor.shape, tensor.dtype]).toEqual([other.shape, other.dtype]);
    const expected = Array.from(backend.readSync(other.dataId), Number);
    Array.from(tensor.dataSync(), Number).forEach((value, k) =>
      expectClose(value, expected[k] ?? Number.NaN, tolerance, `${kernelName} element ${k}`),
    );
  });
}

function expectClose(actual: number, expected: number, tolerance: number, what: string): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const difference = Math.abs(actual - expected);
  expect(difference <= tolerance * Math.max(1, Math.abs(expected)), `${what}: ${actual} instead of ${expected}`).toBe(
    true,
  );
}

/** A kernel that falls back agrees with itself only. */
export function expectNoFallback(): void {
  expect(fallbacks).toEqual([]);
}

export function random(shape: number[], seed = 1): tf.Tensor {
  return tf.randomUniform(shape, -2, 2, "float32", seed);
}
