import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";

/** Attributes as a kernel call or a recording brings them. */
export type Attributes = Readonly<Record<string, unknown>> | undefined;

/** What a fused kernel throws when it is called with something that its contract does not allow. */
export class FusedKernelError extends Error {
  override readonly name = "FusedKernelError";
  readonly code = "LIT_ENGINE_FUSED_KERNEL";
}

export function requiredInput(kernel: string, inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name];
  if (input === undefined) throw new FusedKernelError(`${kernel} was called without its input "${name}". Expected a tensor. Received ${Object.keys(inputs).join(", ") || "no inputs"}.`);
  return input;
}

/** Inputs `p0, p1, …` of a kernel over a list. */
export function listInput(kernel: string, inputs: NamedTensorInfoMap, prefix: string, count: number): TensorInfo[] {
  return Array.from({ length: count }, (_, index) => requiredInput(kernel, inputs, `${prefix}${index}`));
}

export function numberAttribute(attrs: Attributes, name: string): number {
  const value = attrs?.[name];
  if (typeof value !== "number") throw wrongAttribute(name, "a number", value);
  return value;
}

export function booleanAttribute(attrs: Attributes, name: string): boolean {
  const value = attrs?.[name];
  if (typeof value !== "boolean") throw wrongAttribute(name, "true or false", value);
  return value;
}

export function stringAttribute(attrs: Attributes, name: string): string {
  const value = attrs?.[name];
  if (typeof value !== "string") throw wrongAttribute(name, "a string", value);
  return value;
}

export function numbersAttribute(attrs: Attributes, name: string): readonly number[] {
  const value = attrs?.[name];
  if (!isNumbers(value)) throw wrongAttribute(name, "an array of numbers", value);
  return value;
}

/** `[[before, after], …]`. */
export function pairsAttribute(attrs: Attributes, name: string): readonly (readonly number[])[] {
  const value = attrs?.[name];
  if (!Array.isArray(value)) throw wrongAttribute(name, "an array of pairs of numbers", value);
  return value.map((pair: unknown) => {
    if (!isNumbers(pair) || pair.length !== 2) throw wrongAttribute(name, "an array of pairs of numbers", value);
    return pair;
  });
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

function wrongAttribute(name: string, expected: string, received: unknown): FusedKernelError {
  return new FusedKernelError(`A fused kernel's attribute "${name}" has the wrong type. Expected ${expected}. Received ${JSON.stringify(received)}.`);
}
