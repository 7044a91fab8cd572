import { describe, expect, it } from "vitest";
import { allocateValues } from "./host-tensor.js";
import { allocateUncleared } from "./uncleared-values.js";

describe("memory that is not cleared", () => {
  it.each([
    ["float32", Float32Array],
    ["int32", Int32Array],
    ["bool", Uint8Array],
    ["string", Array],
  ] as const)("has the type and the length of cleared one (%s)", (dtype, type) => {
    for (const size of [0, 1, 4095, 4096, 16_384, 100_003]) {
      const values = allocateUncleared(dtype, size);
      expect(values).toBeInstanceOf(type);
      expect(values).toHaveLength(size);
    }
  });

  it("can be sent to another thread, and belongs to nobody else", () => {
    const values = allocateUncleared("float32", 50_000);
    const other = allocateUncleared("float32", 50_000);
    if (!(values instanceof Float32Array) || !(other instanceof Float32Array)) throw new Error("no floats");
    const { buffer } = values;
    if (!(buffer instanceof ArrayBuffer)) throw new Error("memory that threads share");
    expect(buffer).not.toBe(other.buffer);
    expect(buffer.byteLength).toBe(values.byteLength);
    const [sent] = structuredClone([values.fill(3)], { transfer: [buffer] });
    expect(sent).toEqual(new Float32Array(50_000).fill(3));
  });

  it("is cleared where the platform gives no other", () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, "Buffer");
    Object.defineProperty(globalThis, "Buffer", { configurable: true, value: undefined });
    try {
      expect(allocateUncleared("int32", 50_000)).toEqual(allocateValues("int32", 50_000));
    } finally {
      if (own !== undefined) Object.defineProperty(globalThis, "Buffer", own);
    }
  });
});
