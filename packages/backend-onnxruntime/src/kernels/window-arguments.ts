import { type backend_util, type NamedAttrMap } from "@tensorflow/tfjs-core";
import { numbersAttribute, pairsAttribute } from "../lowering/read-attributes.js";

/** A shape of four dimensions, in the type that tfjs' functions for windows take. */
export function fourExtents([batch = 1, first = 1, second = 1, last = 1]: readonly number[]): [
  number,
  number,
  number,
  number,
] {
  return [batch, first, second, last];
}

/** A shape of five dimensions. */
export function fiveExtents([batch = 1, first = 1, second = 1, third = 1, last = 1]: readonly number[]): [
  number,
  number,
  number,
  number,
  number,
] {
  return [batch, first, second, third, last];
}

/** tfjs' layers pass `null` for what a user did not give. */
function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** An attribute that has a number for both dimensions of a window, or one for each. Without it, both are 1. */
export function twoNumbers(attrs: NamedAttrMap | undefined, name: string): [number, number] {
  if (isMissing(attrs?.[name])) return [1, 1];
  const [first = 1, second = first] = numbersAttribute(attrs, name);
  return [first, second];
}

/** Like `twoNumbers`, for windows of three dimensions. */
export function threeNumbers(attrs: NamedAttrMap | undefined, name: string): [number, number, number] {
  if (isMissing(attrs?.[name])) return [1, 1, 1];
  const [first = 1, second = first, third = first] = numbersAttribute(attrs, name);
  return [first, second, third];
}

/** The attribute `pad`, apart from explicit pairs. */
export function simplePad(attrs: NamedAttrMap | undefined): "same" | "valid" | number {
  const pad: unknown = attrs?.["pad"];
  if (pad === "same" || pad === "valid") return pad;
  const [extent = 0] = numbersAttribute(attrs, "pad");
  return extent;
}

/** The attribute `pad`: a word, a number, or what is added before and after each of four dimensions. */
export function anyPad(attrs: NamedAttrMap | undefined): "same" | "valid" | number | backend_util.ExplicitPadding {
  const pad: unknown = attrs?.["pad"];
  if (!Array.isArray(pad)) return simplePad(attrs);
  const pairs = pairsAttribute(attrs, "pad").map(([before = 0, after = 0]): [number, number] => [before, after]);
  const [batch = [0, 0], first = [0, 0], second = [0, 0], channels = [0, 0]] = pairs;
  return [batch, first, second, channels];
}

/** How a number of windows that is not whole is rounded; `undefined` where tfjs leaves it open. */
export function roundingMode(attrs: NamedAttrMap | undefined): "floor" | "round" | "ceil" | undefined {
  const mode: unknown = attrs?.["dimRoundingMode"];
  return mode === "floor" || mode === "round" || mode === "ceil" ? mode : undefined;
}
