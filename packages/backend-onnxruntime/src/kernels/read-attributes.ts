import { type NamedAttrMap, type NamedTensorInfoMap, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { EngineError } from "../errors/engine-error.js";

/** The input of this name. @throws EngineError if the caller left it out */
export function input(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const info = inputs[name];
  if (info === undefined || info === null) throw new EngineError({ code: "LIT_ENGINE_INPUT", message: `A kernel was called without its input "${name}".` });
  return info;
}

/** Inputs of a kernel that takes a list. */
export function inputList(inputs: NamedTensorInfoMap): TensorInfo[] {
  return Object.values(inputs).filter((info) => info !== undefined);
}

export function numberAttribute(attrs: NamedAttrMap | undefined, name: string): number {
  const value: unknown = attrs?.[name];
  if (typeof value === "number") return value;
  throw badAttribute(name, "a number", value);
}

export function booleanAttribute(attrs: NamedAttrMap | undefined, name: string): boolean {
  const value: unknown = attrs?.[name];
  return value === true;
}

export function stringAttribute(attrs: NamedAttrMap | undefined, name: string): string {
  const value: unknown = attrs?.[name];
  if (typeof value === "string") return value;
  throw badAttribute(name, "a string", value);
}

/** A list of numbers; a single number counts as a list of one. */
export function numbersAttribute(attrs: NamedAttrMap | undefined, name: string): number[] {
  const value: unknown = attrs?.[name];
  if (typeof value === "number") return [value];
  if (isNumberList(value)) return Array.from(value);
  throw badAttribute(name, "a list of numbers", value);
}

/** A list of lists of numbers, such as paddings. */
export function pairsAttribute(attrs: NamedAttrMap | undefined, name: string): number[][] {
  const value: unknown = attrs?.[name];
  if (Array.isArray(value) && value.every(isNumberList)) return value.map((pair) => Array.from(pair));
  throw badAttribute(name, "a list of lists of numbers", value);
}

/** Axes as tfjs takes them: none means all, negative ones count from the end. */
export function axesOf(axis: unknown, shape: number[]): number[] {
  const given = typeof axis === "number" ? axis : isNumberList(axis) ? Array.from(axis) : undefined;
  return util.parseAxisParam(given ?? shape.map((_, i) => i), shape);
}

function isNumberList(value: unknown): value is ArrayLike<number> & Iterable<number> {
  if (Array.isArray(value)) return value.every((item) => typeof item === "number");
  return value instanceof Int32Array || value instanceof Float32Array;
}

function badAttribute(name: string, expected: string, received: unknown): EngineError {
  return new EngineError({ code: "LIT_ENGINE_ATTRIBUTE", message: `The kernel attribute "${name}" is not usable.`, expected, received: String(received) });
}

/** Reads a structural attribute while lowering. */
export function numbersOf(value: unknown): number[] {
  if (isNumberList(value)) return Array.from(value);
  throw badAttribute("(structural)", "a list of numbers", value);
}
