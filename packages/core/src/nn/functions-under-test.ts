import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { grad } from "../autograd/grad.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { decoded, expectRecorded, ofLargest, tensorOf, type TypedTensor } from "./expect-recorded-under-test.js";
import * as nn from "./index.js";

/** A function that PyTorch called with these arguments. */
export interface FunctionCase {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputs: readonly TypedTensor[];
  readonly dys: readonly (TypedTensor | null)[];
  /** Of the arguments, then of the options. */
  readonly gradients: readonly (TypedTensor | null)[];
}

/** Recorded with torch 2.15: tests/parity/record_functions.py and record_more_layers.py. */
const { cases }: { readonly cases: readonly FunctionCase[] } = read("functions");
const { functions: more }: { readonly functions: readonly FunctionCase[] } = read("more-layers");

function read<TContent>(name: string): TContent {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** Float32 sums of a few dozen terms in another order, and functions whose last bits differ. */
const TOLERANCE = 1e-5;
const functions = new Map<string, unknown>(Object.entries(nn.functional));

function titleOf({ name, args, options }: FunctionCase): string {
  const shown = JSON.stringify([...args, options], (_, value: unknown) => {
    const isTensor = typeof value === "object" && value !== null && "tensor" in value;
    return isTensor ? `[${(value as { tensor: TypedTensor }).tensor.shape.join(", ")}]` : value;
  });
  return `${name} ${shown}`;
}

/** Every recorded call, for the names of tests. */
export const functionCases = [...cases, ...more].map((recorded) => ({ ...recorded, title: titleOf(recorded) }));

/** Calls a function as PyTorch did, and compares results and gradients. */
export function expectResultAsRecorded(recorded: FunctionCase): void {
  using _scope = tensorScope();
  const name = recorded.name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const run = functions.get(name) as (...args: unknown[]) => tf.Tensor | tf.Tensor[];
  const args = recorded.args.map(decoded);
  const options = Object.fromEntries(Object.entries(recorded.options).map(([key, value]) => [key, decoded(value)]));
  const result = run(...args, ...(Object.keys(options).length === 0 ? [] : [options]));
  const outputs = Array.isArray(result) ? result : [result];
  expect(outputs).toHaveLength(recorded.outputs.length);
  outputs.forEach((output, i) => {
    expect(output.dtype).toBe(recorded.outputs[i]?.dtype);
    expectRecorded(output, recorded.outputs[i], `output ${i}`, ofLargest(TOLERANCE));
  });
  const wanted = [...args, ...Object.values(options)].flatMap((value, i) => {
    const gradient = recorded.gradients[i];
    return value instanceof tf.Tensor && gradient ? [{ value, gradient, i }] : [];
  });
  const seen = outputs.filter((_, i) => recorded.dys[i] !== null);
  const gradOutputs = recorded.dys.flatMap((dy) => (dy === null ? [] : [tensorOf(dy)]));
  const inputs = wanted.map(({ value }) => value);
  const found = inputs.length === 0 ? [] : grad(seen, inputs, { gradOutputs });
  wanted.forEach(({ gradient, i }, at) =>
    expectRecorded(found[at], gradient, `gradient of argument ${i}`, ofLargest(TOLERANCE)),
  );
}
