import { afterAll, describe, expect, it } from "vitest";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { memoryOf } from "../../testing/memory-of.js";
import { locateLibrary } from "../../session/library-location.js";
import { CpuRunner } from "./cpu-runner.js";

describe("CpuRunner.startOnPieces", () => {
  const location = locateLibrary();
  const runner = new CpuRunner({ libraryPath: location.isFound ? location.path : "" });
  afterAll(() => runner.close());

  const spec = (name: string, length: number) => ({ name, dtype: "float32" as const, shape: [length] });
  const inputs = [spec("a", 2), spec("b", 2)];
  const outputs = [spec("y", 2)];
  const adding = runner.compile({
    model: encodeModel({
      nodes: [{ type: "Add", inputs: ["a", "b"], outputs: ["y"] }],
      initializers: [],
      inputs,
      outputs,
    }),
    inputs,
    outputs,
  });

  function numbers(count: number) {
    const buffer = runner.allocate(count * 4);
    new Float32Array(memoryOf(buffer)).set(Array.from({ length: count }, (_, index) => index));
    return buffer;
  }

  it("reads each input from its place in a buffer, whichever was read before", () => {
    const [buffer, y] = [numbers(64), runner.allocate(8)];
    for (const starts of [
      [0, 16],
      [16, 0],
      [4, 62],
      ...Array.from({ length: 30 }, (_, start) => [start, start + 32]),
    ]) {
      const pieces = starts.map((start) => ({ buffer, startBytes: start * 4 }));
      runner.join(runner.startOnPieces(adding, pieces, [y]));
      const [a = 0, b = 0] = starts;
      expect([...new Float32Array(memoryOf(y), 0, 2)]).toEqual([a + b, a + b + 2]);
    }
    runner.join(runner.start(adding, [buffer, buffer], [y]));
    expect([...new Float32Array(memoryOf(y), 0, 2)]).toEqual([0, 2]);
  });

  it("refuses a piece that ends behind its buffer", () => {
    const buffer = numbers(64);
    const pieces = [0, 63].map((start) => ({ buffer, startBytes: start * 4 }));
    expect(() => runner.startOnPieces(adding, pieces, [runner.allocate(8)])).toThrow(/Buffer 1 of a run is too small/);
  });

  it("keeps a buffer that was freed until the run that reads it is over", () => {
    const [buffer, y] = [numbers(64), runner.allocate(8)];
    const ticket = runner.startOnPieces(
      adding,
      [
        { buffer, startBytes: 8 },
        { buffer, startBytes: 16 },
      ],
      [y],
    );
    runner.free(buffer);
    const next = runner.allocate(64 * 4);
    new Float32Array(memoryOf(next)).fill(-1);
    runner.join(ticket);
    expect([...new Float32Array(memoryOf(y), 0, 2)]).toEqual([6, 8]);
  });
});
