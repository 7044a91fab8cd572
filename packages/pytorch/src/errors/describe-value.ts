import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";

const DEPTH = 2;
const MOST = 8;

/** A value as it can stand in a message: short, NaN stays NaN, and a tensor is its shape. */
export function describeValue(value: unknown): string {
  return describe(value, 0);
}

function describe(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `the function ${value.name || "(without a name)"}`;
  if (typeof value === "symbol") return value.toString();
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Tensor || value instanceof TensorBuffer) return `a tensor of shape [${value.shape.join(", ")}]`;
  if (Array.isArray(value))
    return depth === DEPTH ? "[…]" : `[${listed(value.map((item) => describe(item, depth + 1)))}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `an instance of ${value.constructor.name}`;
  if (depth === DEPTH) return "{ … }";
  const parts = Object.entries(value).map(([name, item]) => `${name}: ${describe(item, depth + 1)}`);
  return parts.length === 0 ? "{}" : `{ ${listed(parts)} }`;
}

function listed(parts: readonly string[]): string {
  return `${parts.slice(0, MOST).join(", ")}${parts.length > MOST ? ", …" : ""}`;
}
