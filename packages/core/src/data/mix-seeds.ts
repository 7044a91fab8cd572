import { hashName, threefry } from "../random/threefry.js";

/** One seed of two numbers, another one for each name. */
export function mixSeeds(name: string, a: number, b: number): number {
  const words = new Uint32Array(2);
  threefry(...hashName(name), a, b, words);
  return words[0] ?? 0;
}
