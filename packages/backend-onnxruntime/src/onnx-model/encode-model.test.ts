import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeModel } from "./encode-model.js";
import type { ModelDescription } from "./model-description.js";

const recorded: unknown = JSON.parse(readFileSync(new URL("./fixtures/model.json", import.meta.url), "utf8"));

const BODY: ModelDescription = {
  name: "body",
  nodes: [{ type: "Add", inputs: ["before", "entry"], outputs: ["after"] }],
  initializers: [],
  inputs: [
    { name: "before", dtype: "float32", shape: [2] },
    { name: "entry", dtype: "float32", shape: [2] },
  ],
  outputs: [{ name: "after", dtype: "float32", shape: [2] }],
};

const description: ModelDescription = {
  nodes: [
    { name: "Transpose of x", type: "Transpose", inputs: ["x"], outputs: ["t"], attrs: { perm: [1, 0] } },
    { type: "LeakyRelu", inputs: ["t"], outputs: ["r"], attrs: { alpha: { float: 0.25 } } },
    { type: "Cast", inputs: ["r"], outputs: ["wide"], attrs: { to: 10 } },
    { type: "Cast", inputs: ["wide"], outputs: ["narrow"], attrs: { to: 1 } },
    { type: "ArgMax", inputs: ["narrow"], outputs: ["best"], attrs: { axis: -1, keepdims: 0 } },
    { type: "Clip", inputs: ["narrow", "", "limit"], outputs: ["clipped"] },
    { type: "FusedMatMul", domain: "com.microsoft", inputs: ["clipped", "w"], outputs: ["y"], attrs: { transB: 1 } },
    {
      type: "FakeOp",
      domain: "com.microsoft.nchwc",
      inputs: ["y"],
      outputs: ["", "z"],
      attrs: { mode: "größer", names: { strings: ["a", "b"] }, scales: { floats: [1.5, -2] } },
    },
    {
      type: "Scan",
      inputs: ["s", "y"],
      outputs: ["last", "all"],
      attrs: { body: { graph: BODY }, num_scan_inputs: 1 },
    },
  ],
  initializers: [
    { name: "limit", dtype: "float32", shape: [], data: bytesOf(Float32Array.of(3.5)) },
    { name: "w", dtype: "float32", shape: [2, 3], data: bytesOf(Float32Array.of(0, 1, 2, 3, 4, 5)) },
    { name: "n".repeat(300), dtype: "int64", shape: [2], data: bytesOf(BigInt64Array.of(-1n, 1n << 40n)) },
    { name: "empty", dtype: "bool", shape: [0, 4], data: new Uint8Array() },
    { name: "half", dtype: "bfloat16", shape: [1], data: Uint8Array.of(0x80, 0x3f) },
  ],
  inputs: [
    { name: "x", dtype: "float32", shape: [3, 2] },
    { name: "mask", dtype: "bool", shape: [0] },
    { name: "id", dtype: "int32", shape: [] },
  ],
  outputs: [
    { name: "z", dtype: "float32", shape: [2, 2] },
    { name: "best", dtype: "int64", shape: [2] },
    { name: "u", dtype: "uint32", shape: [1] },
    { name: "b", dtype: "uint8", shape: [1] },
  ],
};

function bytesOf(array: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer);
}

describe("encodeModel", () => {
  it("writes the bytes that Python's onnx writes for the same model", () => {
    expect(recorded).toMatchObject({ hex: Buffer.from(encodeModel(description)).toString("hex") });
  });

  it("grows with the model", () => {
    const data = new Uint8Array(300_000).fill(7);
    const model = encodeModel({
      nodes: [],
      initializers: [{ name: "c", dtype: "uint8", shape: [300_000], data }],
      inputs: [],
      outputs: [],
    });
    expect(Buffer.from(model).includes(Buffer.from(data))).toBe(true);
    expect(model.byteLength).toBeLessThan(300_150);
  });
});
