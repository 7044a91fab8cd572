import { runInThisContext } from "node:vm";

/** The values of leaves: each kind is the text of a function of the position, so that a reproduction can print it. */
export const RANDOM_TEXT =
  "const random = (i: number, seed: number): number => { let h = Math.imul(i ^ seed, 0x9e3779b1); h = Math.imul(h ^ (h >>> 15), 0x85ebca6b); h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35); return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32; };";

export type ValueKind = keyof typeof KINDS;

const KINDS = {
  zeros: () => "0",
  ones: () => "1",
  tenths: () => "0.1",
  normal: (seed: number) => `4 * random(i, ${seed}) - 2`,
  positive: (seed: number) => `0.05 + 2 * random(i, ${seed})`,
  /** Few distinct values: ties and zeros everywhere. */
  whole: (seed: number) => `Math.floor(5 * random(i, ${seed})) - 2`,
  /** Mixed signs whose sum is small beside its parts. */
  offset: (seed: number) => `1000 + 4 * random(i, ${seed})`,
  huge: (seed: number) => `(random(i, ${seed}) - 0.5) * 1e30`,
  tiny: (seed: number) => `(random(i, ${seed}) - 0.5) * 1e-30`,
  wide: (seed: number) => `(random(i, ${seed}) < 0.5 ? -1 : 1) * 10 ** (16 * random(i, ${seed + 7}) - 8)`,
  finiteSpecial: (seed: number) =>
    `[0, -0, 1, -1, 0.5, 88, -104, 1e30, -1e30, 1e-30, 2.5, -0.25][Math.floor(12 * random(i, ${seed}))]`,
  special: (seed: number) =>
    `[0, -0, 1, -1, Infinity, -Infinity, NaN, 1e30, 1e-30, 88, -104, 0.5][Math.floor(12 * random(i, ${seed}))]`,
  /** Probabilities, some of them saturated. */
  probability: (seed: number) => `Math.min(1, Math.max(0, 1.2 * random(i, ${seed}) - 0.1))`,
  bit: (seed: number) => `Math.floor(2 * random(i, ${seed}))`,
  /** -Infinity hides, 0 shows. */
  mask: (seed: number) => `random(i, ${seed}) < 0.5 ? 0 : -Infinity`,
} as const satisfies Record<string, (seed: number) => string>;

/** Every kind that any float32 operation should bear; the simplest first. */
export const FLOAT_KINDS: readonly ValueKind[] = [
  "normal",
  "ones",
  "tenths",
  "whole",
  "zeros",
  "positive",
  "offset",
  "wide",
  "tiny",
  "huge",
  "finiteSpecial",
  "special",
];
export const TAME_KINDS: readonly ValueKind[] = ["normal", "ones", "tenths", "whole", "zeros", "positive", "offset"];

export function valueText(kind: ValueKind, seed: number): string {
  return KINDS[kind](seed);
}

/** Whole numbers from `least` to `least + count - 1`. */
export function indexText(count: number, seed: number, least = 0): string {
  return `Math.floor(${count} * random(i, ${seed}))${least === 0 ? "" : ` + ${least}`}`;
}

/** The text of a leaf as a function of the position. */
export function compileValues(text: string): (i: number) => number {
  const random = RANDOM_TEXT.replaceAll(": number", "");
  const valueAt = runInThisContext(`(() => { ${random} return (i) => ${text}; })()`) as (i: number) => number;
  return valueAt;
}
