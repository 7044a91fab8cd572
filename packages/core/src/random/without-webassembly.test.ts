import { afterAll, expect, it, vi } from "vitest";
import { RandomStream } from "./random-stream.js";
import { threefry } from "./threefry.js";
import { uniformProgram } from "./uniform-program.js";

vi.stubGlobal("WebAssembly", undefined);
afterAll(() => vi.unstubAllGlobals());

it("makes the same numbers in bulk where WebAssembly is forbidden", () => {
  expect(uniformProgram()).toBeUndefined();
  const stream = new RandomStream([3, 5]);
  const words = new Uint32Array(10_000);
  threefry(3, 5, 0, 0, words);
  expect(stream.fillUniform(new Float32Array(9999))).toEqual(
    Float32Array.from(words.subarray(0, 9999), (word) => (word >>> 8) / 2 ** 24),
  );
  expect(stream.state().position).toBe(9999);
});
