import { util } from "@tensorflow/tfjs-core";
import { EngineError } from "../errors/engine-error.js";

declare const CONTRACT: unique symbol;

/** Attributes as a kernel call or a recording brings them; of a kernel with a contract, which names they have. */
export type Attributes<TContract = unknown> = { readonly [CONTRACT]?: TContract } | undefined;

/** Names of the attributes whose values are of a type; any name where there is no contract. */
export type AttributeNames<TContract, TValue> = unknown extends TContract
  ? string
  : {
      [TName in keyof TContract]-?: Exclude<TContract[TName], undefined> extends TValue ? TName : never;
    }[keyof TContract] &
      string;

export function numberAttribute<TContract>(
  attrs: Attributes<TContract>,
  name: AttributeNames<TContract, number>,
): number {
  const value = valueOf(attrs, name);
  if (typeof value === "number") return value;
  throw badAttribute(name, "a number", value);
}

/** One that is absent counts as false. */
export function booleanAttribute<TContract>(
  attrs: Attributes<TContract>,
  name: AttributeNames<TContract, boolean>,
): boolean {
  const value = valueOf(attrs, name) ?? false;
  if (typeof value === "boolean") return value;
  throw badAttribute(name, "true or false", value);
}

export function stringAttribute<TContract>(
  attrs: Attributes<TContract>,
  name: AttributeNames<TContract, string>,
): string {
  const value = valueOf(attrs, name);
  if (typeof value === "string") return value;
  throw badAttribute(name, "a string", value);
}

/** A list of numbers; a single number counts as a list of one. */
export function numbersAttribute<TContract>(
  attrs: Attributes<TContract>,
  name: AttributeNames<TContract, readonly number[]>,
): number[] {
  const value = valueOf(attrs, name);
  if (typeof value === "number") return [value];
  if (isNumberList(value)) return Array.from(value);
  throw badAttribute(name, "a list of numbers", value);
}

/** Pairs of numbers, such as paddings: `[[before, after], …]`. */
export function pairsAttribute<TContract>(
  attrs: Attributes<TContract>,
  name: AttributeNames<TContract, readonly (readonly number[])[]>,
): number[][] {
  const value = valueOf(attrs, name);
  if (Array.isArray(value) && value.every(isPair)) return value.map((pair) => Array.from(pair));
  throw badAttribute(name, "a list of pairs of numbers", value);
}

/** Axes as tfjs takes them: none means all, negative ones count from the end. */
export function axesOf(axis: unknown, shape: number[]): number[] {
  const given = typeof axis === "number" ? axis : isNumberList(axis) ? Array.from(axis) : undefined;
  return util.parseAxisParam(given ?? shape.map((_, i) => i), shape);
}

/** A structural attribute that is a list of numbers. */
export function numbersOf(value: unknown): number[] {
  if (isNumberList(value)) return Array.from(value);
  throw badAttribute("(structural)", "a list of numbers", value);
}

function valueOf(attrs: object | undefined, name: string): unknown {
  return attrs === undefined ? undefined : Reflect.get(attrs, name);
}

function isNumberList(value: unknown): value is ArrayLike<number> & Iterable<number> {
  if (Array.isArray(value)) return value.every((item) => typeof item === "number");
  return value instanceof Int32Array || value instanceof Float32Array;
}

function isPair(value: unknown): value is ArrayLike<number> & Iterable<number> {
  return isNumberList(value) && value.length === 2;
}

function badAttribute(name: string, expected: string, received: unknown): EngineError {
  return new EngineError({
    code: "LIT_ENGINE_ATTRIBUTE",
    message: `The kernel attribute "${name}" is not usable.`,
    expected,
    received: JSON.stringify(received) ?? "nothing",
  });
}
