import { expect, it } from "vitest";
import { drawDigits } from "./draw-digits.js";

it("draws two rows of pixels per line and puts captions below", () => {
  const pixels = new Uint8Array(28 * 28);
  pixels[4 * 28 + 5] = 255; // the upper half of the first character
  pixels[5 * 28 + 6] = 255; // the lower half of the second
  pixels[22 * 28 + 5] = 255;
  pixels[23 * 28 + 5] = 255; // a full block at the bottom left
  const lines = drawDigits([
    { pixels, caption: "one" },
    { pixels, caption: "two" },
  ]).split("\n");
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe(`▀▄${" ".repeat(18)}▀▄`);
  expect(lines[9]).toBe(`█${" ".repeat(19)}█`);
  expect(lines[10]).toBe(`one${" ".repeat(17)}two`);
});
