import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** A size in pixels: of a square, or height and width. */
export type Size = number | readonly [height: number, width: number];

/** @throws MisconfigurationError unless it is one or two positive integers */
export function requireSize(owner: string, size: Size): { readonly height: number; readonly width: number } {
  const [height, width] = Array.isArray(size) ? size : [size, size];
  if ((typeof size === "number" || (Array.isArray(size) && size.length === 2)) && isPixels(height) && isPixels(width))
    return { height, width };
  throw wrong(owner, "size", "a number of pixels, or [height, width]", size);
}

const isPixels = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value > 0;

/** @throws MisconfigurationError unless it is from 0 to 1 */
export function requireProbability(owner: string, p: number): number {
  if (typeof p === "number" && p >= 0 && p <= 1) return p;
  throw wrong(owner, "p", "a probability from 0 to 1", p);
}

/** @throws MisconfigurationError unless it is two numbers in order, within limits */
export function requireRange(
  owner: string,
  name: string,
  range: readonly [number, number],
  [least, most]: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): readonly [number, number] {
  const isPair = Array.isArray(range) && range.length === 2 && range.every((value) => typeof value === "number");
  if (isPair && range[0] <= range[1] && range[0] >= least && range[1] <= most) return range;
  throw wrong(owner, name, `two numbers in order, from ${least} to ${most}`, range);
}

/** @throws MisconfigurationError unless it is one of the choices */
export function requireChoice<TChoice extends string>(
  owner: string,
  name: string,
  value: TChoice,
  choices: readonly TChoice[],
): TChoice {
  if (choices.includes(value)) return value;
  const quoted = choices.map((choice) => `"${choice}"`);
  throw wrong(owner, name, `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`, value);
}

export function wrong(owner: string, name: string, expected: string, value: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `${owner}'s ${name} is not usable.`,
    expected,
    received: describeValue(value),
  });
}
