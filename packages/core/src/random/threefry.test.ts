import { expect, it } from "vitest";
import { threefry } from "./threefry.js";

/** Known answers of Random123's kat_vectors, threefry2x32 with 20 rounds: counter, key, result. */
const KNOWN = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const;

it.each(KNOWN)("agrees with the published answer for counter %j under key %j", (counter, key, answer) => {
  const out = new Uint32Array(2);
  threefry(key[0], key[1], counter[0], counter[1], out);
  expect([...out]).toEqual([...answer]);
});
