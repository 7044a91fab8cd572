import { resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { batchSizeOf } from "./batch-size.js";

beforeAll(() => resolveBackend("cpu"));

const x = (size: number) => tf.zeros([size, 2]);

describe("the size of a batch", () => {
  it.each<[string, () => unknown, number, boolean]>([
    ["a tensor's first dimension", () => x(3), 3, false],
    ["1 for a scalar", () => tf.scalar(7), 1, false],
    ["1 for a number", () => 5, 1, false],
    ["of the first tensor in a list", () => [x(3), x(3)], 3, false],
    ["ambiguous where parts differ", () => [x(3), x(2)], 3, true],
    ["found in objects, nested ones too", () => ({ a: { b: [x(4)] } }), 4, false],
    ["found in maps", () => new Map([["a", x(2)]]), 2, false],
    ["of a buffer on the host", () => tf.buffer([6, 1]), 6, false],
    ["1 for a scalar on the host", () => tf.buffer([]), 1, false],
    [
      "not that of texts, nothing and typed arrays",
      () => ["text", null, undefined, new Float32Array(9), x(2)],
      2,
      false,
    ],
    ["that of an object's parts when its shape is none", () => ({ shape: "round", a: x(2) }), 2, false],
  ])("is %s", (_name, make, size, isAmbiguous) => {
    expect(batchSizeOf(make())).toEqual({ size, isAmbiguous });
  });

  it.each([["text"], [null], [[]], [{ name: "x" }], [new Float32Array(3)], [undefined]])(
    "cannot be told of %o",
    (batch) => {
      expect(() => batchSizeOf(batch)).toThrow(
        expect.objectContaining({
          code: "LIT_BATCH_SIZE",
          message:
            "The size of this batch cannot be told, and the mean over an epoch needs it. Try: log(name, value, { batchSize: … }).",
        }),
      );
    },
  );
});
