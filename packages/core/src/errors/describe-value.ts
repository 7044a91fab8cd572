import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import { classNameOf } from "./class-name.js";

const DEPTH = 2;
const MOST = 8;
const LONGEST_TEXT = 80;

/** A value as it can stand in a message: short, NaN stays NaN, and a tensor is its shape. */
export function describeValue(value: unknown): string {
  return describe(value, 0);
}

function describe(value: unknown, depth: number): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `the function ${value.name || "(without a name)"}`;
  if (typeof value === "symbol") return value.toString();
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Tensor) return `a tensor of shape [${value.shape.join(", ")}]`;
  if (value instanceof TensorBuffer) return `a TensorBuffer of shape [${value.shape.join(", ")}] on the host`;
  if (ArrayBuffer.isView(value) && "length" in value)
    return `${withArticle(classNameOf(value))} of length ${String(value.length)}`;
  if (value instanceof Promise) return "a promise";
  if (Array.isArray(value)) return depth === DEPTH ? "[…]" : `[${listed(value, (item) => describe(item, depth + 1))}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `an instance of ${classNameOf(value)}`;
  if (depth === DEPTH) return "{ … }";
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{ ${listed(entries, ([name, item]) => `${name}: ${describe(item, depth + 1)}`)} }`;
}

function withArticle(name: string): string {
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}

function listed<TItem>(items: readonly TItem[], show: (item: TItem) => string): string {
  return `${items.slice(0, MOST).map(show).join(", ")}${items.length > MOST ? ", …" : ""}`;
}
