import { torchTensor } from "@lightning-ts/torch-files";
import { describe, expect, it } from "vitest";
import { toLoadedTree, toLoadedValue } from "./host-values.js";

const read = (value: Parameters<typeof toLoadedValue>[0]) => Object(toLoadedValue(value, ["state_dict", "w"]));

describe("a value of a Python file", () => {
  it("stays what it is, where files of ours hold it", () => {
    for (const value of [null, 1.5, "text", true, Uint8Array.of(1)]) expect(toLoadedValue(value, [])).toBe(value);
    expect(toLoadedValue(7n, [])).toBe(7);
    expect(toLoadedValue([1n, [2n, { a: 3n }]], [])).toEqual([1, [2, { a: 3 }]]);
    expect(toLoadedTree({ a: 1n, b: { c: null } })).toEqual({ a: 1, b: { c: null } });
  });

  it.each([
    ["float64", new Float64Array([0.5, 2]), "float32", Float32Array.of(0.5, 2)],
    ["float32", new Float32Array([0.5, 2]), "float32", Float32Array.of(0.5, 2)],
    ["bfloat16", new Uint16Array([0x3f00, 0x4000]), "float32", Float32Array.of(0.5, 2)],
    ["float16", new Uint16Array([0x3800, 0x4000]), "float32", Float32Array.of(0.5, 2)],
    ["float8_e4m3fn", new Uint8Array([0x30, 0x40]), "float32", Float32Array.of(0.5, 2)],
    ["float8_e5m2", new Uint8Array([0x38, 0x40]), "float32", Float32Array.of(0.5, 2)],
    ["bool", new Uint8Array([0, 5]), "bool", Uint8Array.of(0, 1)],
    ["int64", new BigInt64Array([-1n, 2n]), "int32", Int32Array.of(-1, 2)],
    ["uint8", new Uint8Array([0, 255]), "int32", Int32Array.of(0, 255)],
  ] as const)("that is a tensor of %s holds the same numbers here", (dtype, values, held, expected) => {
    const tensor = read(torchTensor(dtype, [2, 1], values as never));
    expect([tensor.dtype, tensor.shape, tensor.values]).toEqual([held, [2, 1], expected]);
  });

  it.each(["complex64", "complex128"] as const)("that is %s is refused by its place", (dtype) => {
    const values = dtype === "complex64" ? new Float32Array([1, 2]) : new Float64Array([1, 2]);
    const phase = torchTensor(dtype, [1], values);
    expect(() => toLoadedTree({ net: { phases: [phase] } })).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: `The tensor net.phases.0 holds complex numbers (${dtype}), which no module here has. Try: torch.view_as_real(tensor) in Python, or leave it out.`,
      }),
    );
  });

  it("that does not fit into int32 is refused by its place", () => {
    expect(() => read(torchTensor("int64", [1], new BigInt64Array([2n ** 40n])))).toThrow(/state_dict\.w/);
  });
});
