import { afterAll, describe, expect, it } from "vitest";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import { compileElementwise } from "../../programs/elementwise-program.js";
import { wasm } from "../../programs/wasm-module.js";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { allocateAligned } from "../../session/aligned-memory.js";
import { locateLibrary } from "../../session/library-location.js";
import { CpuRunner } from "./cpu-runner.js";
import { memoryOf } from "../../testing/memory-of.js";

/** (a + b · s, a - b · s) */
const program = compileElementwise({
  key: "test: plus and minus",
  inputCount: 2,
  outputCount: 2,
  scalarCount: 1,
  describe: ({ input, scalar, share }) => {
    const product = share(wasm.multiply(input(1), scalar(0)));
    return [wasm.add(input(0), product), wasm.subtract(input(0), product)];
  },
});

describe("CpuRunner.startProgram", () => {
  const location = locateLibrary();
  const runner = new CpuRunner({ libraryPath: location.isFound ? location.path : "" });
  afterAll(() => runner.close());

  it("computes tensors of every length, whole chunks or not", () => {
    const elementCounts = [0, 1, 5, 4096, 4097, 10_000];
    const a = elementCounts.map((count) => filled(count, (index) => index));
    const b = elementCounts.map((count) => filled(count, () => 2));
    const outputs = [...elementCounts, ...elementCounts].map((count) => runner.allocate(count * 4));
    runner.join(runner.startProgram({ program, scalars: [0.5], elementCounts, inputs: [...a, ...b], outputs }));
    elementCounts.forEach((count, index) => {
      const [plus, minus] = [read(outputs[index], count), read(outputs[index + elementCounts.length], count)];
      expect(plus.every((value, element) => value === element + 1)).toBe(true);
      expect(minus.every((value, element) => value === element - 1)).toBe(true);
    });
  });

  it("computes on memory of somebody else beside its own", () => {
    const count = 20_003;
    const adopted = toAligned(Float32Array.from({ length: count }, (_, index) => index));
    const own = filled(count, () => 2);
    const foreign = runner.adopt(new Float32Array(allocateAligned(count * 4)));
    const sum = runner.allocate(count * 4);
    const inputs = [runner.adopt(adopted), own];
    // Two differences in a row: one lands in memory of its own, one in that of somebody else.
    for (const outputs of [
      [sum, foreign],
      [foreign, sum],
    ])
      runner.join(runner.startProgram({ program, scalars: [0.5], elementCounts: [count], inputs, outputs }));
    expect(read(foreign, count).every((value, element) => value === element + 1)).toBe(true);
    expect(read(sum, count).every((value, element) => value === element - 1)).toBe(true);
  });

  it("overwrites an input, and large tensors by all threads", () => {
    const count = 1_000_001;
    const [a, b] = [filled(count, (index) => index), filled(count, () => 4)];
    for (let round = 0; round < 3; round += 1)
      runner.join(
        runner.startProgram({ program, scalars: [0.25], elementCounts: [count], inputs: [a, b], outputs: [a, b] }),
      );
    // a + b/4 and a - b/4, three times over.
    let [x, y] = [
      [0, 1, count - 1],
      [4, 4, 4],
    ];
    for (let round = 0; round < 3; round += 1)
      [x, y] = [x.map((v, i) => Math.fround(v + (y[i] ?? 0) / 4)), x.map((v, i) => Math.fround(v - (y[i] ?? 0) / 4))];
    const [last, lastOther] = [new Float32Array(memoryOf(a), 0, count), new Float32Array(memoryOf(b), 0, count)];
    expect([last[0], last[1], last[count - 1]]).toEqual(x);
    expect([lastOther[0], lastOther[1], lastOther[count - 1]]).toEqual(y);
  });

  it("writes nothing behind the end of an output", () => {
    const output = runner.allocate(64);
    new Float32Array(memoryOf(output)).fill(7);
    runner.join(
      runner.startProgram({
        program,
        scalars: [1],
        elementCounts: [3],
        inputs: [filled(3, () => 1), filled(3, () => 1)],
        outputs: [output, runner.allocate(12)],
      }),
    );
    expect(read(output, 5)).toEqual([2, 2, 2, 7, 7]);
  });

  it("keeps its place between the runs of graphs", async () => {
    const spec = (name: string) => ({ name, dtype: "float32" as const, shape: [1] });
    const [inputs, outputs] = [[spec("x")], [spec("y")]];
    const doubling = runner.compile({
      model: encodeModel({
        nodes: [{ type: "Add", inputs: ["x", "x"], outputs: ["y"] }],
        initializers: [],
        inputs,
        outputs,
      }),
      inputs,
      outputs,
    });
    const [x, y, one, unused] = [filled(1, () => 1), filled(1, () => 0), filled(1, () => 1), filled(1, () => 0)];
    let last = runner.start(doubling, [x], [y]);
    for (let count = 0; count < 9; count += 1) {
      runner.startProgram({ program, scalars: [1], elementCounts: [1], inputs: [y, one], outputs: [x, unused] });
      last = runner.start(doubling, [x], [y]);
    }
    await runner.wait(last);
    let expected = 2;
    for (let count = 0; count < 9; count += 1) expected = (expected + 1) * 2;
    expect(read(y, 1)).toEqual([expected]);
  });

  it("refuses buffers that are too small or too few", () => {
    const [a, small] = [runner.allocate(400), runner.allocate(396)];
    const request = { program, scalars: [1], elementCounts: [100], inputs: [a, a] };
    expect(() => runner.startProgram({ ...request, outputs: [a, small] })).toThrow(
      "Buffer 1 of a run is too small. Expected at least 400 bytes. Received 396 bytes.",
    );
    expect(() => runner.startProgram({ ...request, outputs: [a] })).toThrow("Expected 2. Received 1.");
  });

  function filled(count: number, value: (index: number) => number): GraphBuffer {
    const buffer = runner.allocate(count * 4);
    new Float32Array(memoryOf(buffer)).set(Float32Array.from({ length: count }, (_, index) => value(index)));
    return buffer;
  }
});

function toAligned(values: Float32Array): Float32Array<ArrayBuffer> {
  const memory = new Float32Array(allocateAligned(values.byteLength));
  memory.set(values);
  return memory;
}

function read(buffer: GraphBuffer | undefined, count: number): number[] {
  return buffer === undefined ? [] : [...new Float32Array(memoryOf(buffer), 0, count)];
}
