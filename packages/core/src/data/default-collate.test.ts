import { TensorBuffer, buffer, memory, tensor1d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { defaultCollate } from "./default-collate.js";
import { toDevice } from "./to-device.js";

beforeAll(async () => {
  await resolveBackend("cpu");
});

const show = (value: unknown) =>
  value instanceof TensorBuffer ? [value.dtype, value.shape, [...value.values]] : value;

describe("defaultCollate", () => {
  it.each([
    [
      [1, 2.5],
      ["float32", [2], [1, 2.5]],
    ],
    [
      [true, false],
      ["bool", [2], [1, 0]],
    ],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      ["float32", [2, 2], [1, 2, 3, 4]],
    ],
    [[Float64Array.of(0.5)], ["float32", [1, 1], [0.5]]],
    [
      [Uint8Array.of(200), Uint8Array.of(1)],
      ["int32", [2, 1], [200, 1]],
    ],
    [
      [buffer([], "int32", Int32Array.of(3)), buffer([], "int32", Int32Array.of(4))],
      ["int32", [2], [3, 4]],
    ],
    [
      [new Float32Array(0), new Float32Array(0)],
      ["float32", [2, 0], []],
    ],
  ])("batches %o", (items, expected) => expect(show(defaultCollate<unknown>(items))).toEqual(expected));

  it("keeps the form of arrays and objects", () => {
    const batch = defaultCollate([
      { x: [1, Int32Array.of(5)], name: "a" },
      { x: [2, Int32Array.of(6)], name: "b" },
    ]);
    expect([show(batch.x[0]), show(batch.x[1]), batch.name]).toEqual([
      ["float32", [2], [1, 2]],
      ["int32", [2, 1], [5, 6]],
      ["a", "b"],
    ]);
  });

  it.each([
    [[1, "a"], 'Item 1 of the batch does not fit to the others. Expected a number. Received "a".'],
    [[{ a: { b: 1 } }, { a: {} }], "at item.a. Expected an object with the keys b like item 0. Received {}."],
    [[[1, 2], [1]], "Expected an array of length 2 like item 0. Received [1]."],
    [[Float32Array.of(1), Int32Array.of(1)], "Expected float32 [1] like item 0. Received int32 [1]."],
    [[undefined], "cannot batch undefined"],
    [[new Date(0)], "cannot batch an instance of Date"],
    [[[new Set()]], "at item[0]"],
  ])("says why it cannot batch %o", (items, message) => expect(() => defaultCollate<unknown>(items)).toThrow(message));

  it("asks for host data instead of tensors", () => {
    const item = tensor1d([1]);
    expect(() => defaultCollate([item])).toThrow("Try: items as typed arrays or TensorBuffers");
    item.dispose();
  });
});

describe("toDevice", () => {
  it("uploads every TensorBuffer and leaves everything else", () => {
    const before = memory().numTensors;
    const kept = tensor1d([9]);
    const batch = toDevice({
      x: defaultCollate([Int32Array.of(1, 2)]),
      rest: [kept, "text", Float32Array.of(1)] as const,
    });
    expect([batch.x.dtype, batch.x.arraySync()]).toEqual(["int32", [[1, 2]]]);
    expect(batch.rest).toEqual([kept, "text", Float32Array.of(1)]);
    expect(memory().numTensors).toBe(before + 2);
    batch.x.dispose();
    kept.dispose();
  });
});
