import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type { GraphDtype } from "../../contract/graph-dtype.js";
import type { CompiledGraph, GraphRunner, GraphValueSpec } from "../../contract/graph-runner.js";
import { GraphCompileError } from "../../errors/graph-compile-error.js";
import { GraphRunError } from "../../errors/graph-run-error.js";
import { elementSizeBytes, tensorSizeBytes } from "../../onnx-model/element-type.js";
import { encodeModel } from "../../onnx-model/encode-model.js";
import type { ModelInitializer, ModelNode } from "../../onnx-model/model-description.js";

export interface GraphRunnerCase {
  readonly name: string;
  readonly create: () => GraphRunner;
  /** Element types that this runner cannot pass in or out, with the reason. */
  readonly skippedDtypes?: Readonly<Partial<Record<GraphDtype, string>>>;
  /** A `Gather` out of range gives some element and no error. */
  readonly clampsIndices?: boolean;
  /** Which device, where there may be none. @default true */
  readonly isAvailable?: boolean;
}

/** The behaviour that every `GraphRunner` has. */
export function testGraphRunner(given: GraphRunnerCase): void {
  describe.skipIf(given.isAvailable === false)(given.name, () => {
    let runner: GraphRunner;
    beforeAll(() => {
      runner = given.create();
    });
    afterAll(() => runner.close());

    testResults(() => runner, given);
    testMemory(() => runner);
    testErrors(() => runner, given);
    testLifetime(given.create);
  });
}

const DTYPES: readonly GraphDtype[] = [
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "int32",
  "int64",
  "uint32",
  "uint8",
  "bool",
];

function testResults(runner: () => GraphRunner, given: GraphRunnerCase): void {
  it("computes", () => {
    const graph = binary(runner(), "Add", [2, 2]);
    const [a, b, c] = [
      floats(runner(), [1, 2, 3, 4]),
      floats(runner(), [10, 20, 30, 40]),
      floats(runner(), [0, 0, 0, 0]),
    ];
    runner().join(runner().start(graph, [a, b], [c]));
    expect(read(runner(), c, 4)).toEqual([11, 22, 33, 44]);
  });

  it("runs in the order of the starts, so that a run may read what an earlier one writes", async () => {
    const graph = binary(runner(), "Add", [1]);
    const [one, left, right] = [floats(runner(), [1]), floats(runner(), [0]), floats(runner(), [0])];
    const tickets = Array.from({ length: 500 }, (_, index) =>
      index % 2 === 0 ? runner().start(graph, [left, one], [right]) : runner().start(graph, [right, one], [left]),
    );
    for (const ticket of tickets) await runner().wait(ticket);
    expect(read(runner(), left, 1)).toEqual([500]);
  });

  it("gives the same bits in every run", () => {
    const graph = binary(runner(), "MatMul", [64, 64]);
    const values = Array.from({ length: 4096 }, (_, index) => Math.sin(index * 12.9898) * 43.7);
    const [a, b] = [floats(runner(), values), floats(runner(), values.toReversed())];
    const results = [0, 1, 2, 3].map(() => {
      const out = runner().allocate(4096 * 4);
      runner().join(runner().start(graph, [a, b], [out]));
      return Buffer.from(runner().download(out, "float32", 4096).buffer).toString("hex");
    });
    expect(new Set(results).size).toBe(1);
  });

  for (const dtype of DTYPES) {
    it.skipIf(given.skippedDtypes?.[dtype] !== undefined)(`passes ${dtype} through${reason(given, dtype)}`, () => {
      for (const shape of [[], [3], [5, 1, 40], [0], [2, 0, 3]]) passThrough(runner(), dtype, shape);
    });
  }
}

function reason(given: GraphRunnerCase, dtype: GraphDtype): string {
  const text = given.skippedDtypes?.[dtype];
  return text === undefined ? "" : ` (skipped: ${text})`;
}

function passThrough(runner: GraphRunner, dtype: GraphDtype, shape: readonly number[]): void {
  const count = tensorSizeBytes(dtype, shape) / elementSizeBytes(dtype);
  const graph = compile(
    runner,
    [{ type: "Concat", inputs: ["x", "y"], outputs: ["z"], attrs: { axis: 0 } }],
    [value("x", dtype, atLeastRank1(shape)), value("y", dtype, atLeastRank1(shape))],
    [value("z", dtype, doubled(atLeastRank1(shape)))],
  );
  const bytes = Uint8Array.from({ length: count * elementSizeBytes(dtype) }, (_, index) =>
    dtype === "bool" ? index % 2 : (index * 7) % 61,
  );
  const [x, y, z] = [runner.allocate(bytes.length), runner.allocate(bytes.length), runner.allocate(bytes.length * 2)];
  runner.upload(x, "int32", wordsOf(bytes));
  runner.upload(y, "int32", wordsOf(bytes.toReversed()));
  runner.join(runner.start(graph, [x, y], [z]));
  const words = runner.download(z, "int32", Math.ceil((bytes.length * 2) / 4));
  const result = new Uint8Array(words.buffer, words.byteOffset, bytes.length * 2);
  expect([...result]).toEqual([...bytes, ...bytes.toReversed()]);
  for (const buffer of [x, y, z]) runner.free(buffer);
  runner.release(graph);
}

/** Bytes as whole words, whatever they mean; the last is filled up with zeros. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

function testMemory(runner: () => GraphRunner): void {
  it("gives at least the memory that was asked for, also none", () => {
    for (const sizeBytes of [0, 1, 4, 63, 64, 65, 1000, 5_000_000]) {
      const buffer = runner().allocate(sizeBytes);
      expect(buffer.sizeBytes).toBe(sizeBytes);
      const last = Math.floor(sizeBytes / 4) - 1;
      if (last >= 0) {
        runner().upload(buffer, "int32", new Int32Array(last + 1).fill(7));
        expect(runner().download(buffer, "int32", last + 1)[last]).toBe(7);
      }
      runner().free(buffer);
    }
  });

  it("reuses freed memory", () => {
    const first = runner().allocate(123_456);
    runner().free(first);
    const before = runner().statistics();
    const second = runner().allocate(123_450);
    const after = runner().statistics();
    expect(after.allocatedBytes).toBe(before.allocatedBytes);
    expect(before.pooledBytes - after.pooledBytes).toBeGreaterThanOrEqual(123_450);
    runner().free(second);
  });

  it("does not hand out memory that a run in flight reads", async () => {
    const graph = slowGraph(runner());
    const [x, y] = slowBuffers(runner());
    const ticket = runner().start(graph, [x], [y]);
    runner().free(x);
    const other = runner().allocate(SLOW_SIZE ** 2 * 4);
    runner().upload(other, "float32", new Float32Array(SLOW_SIZE ** 2).fill(Number.NaN));
    await runner().wait(ticket);
    expect(new Set(read(runner(), y, SLOW_SIZE ** 2))).toEqual(new Set([SLOW_SIZE]));
    for (const buffer of [y, other]) runner().free(buffer);
  });

  it("refuses buffers that are too small, too few, freed, or foreign", () => {
    const graph = binary(runner(), "Add", [100]);
    const [a, b, c, freed] = [
      runner().allocate(400),
      runner().allocate(400),
      runner().allocate(400),
      runner().allocate(400),
    ];
    runner().free(freed);
    expect(() => runner().start(graph, [a, runner().allocate(300)], [c])).toThrow(
      "Buffer 1 of a run is too small. Expected at least 400 bytes. Received 300 bytes.",
    );
    expect(() => runner().start(graph, [a], [c])).toThrow("Expected 2. Received 1.");
    expect(() => runner().start(graph, [a, b], [freed])).toThrow("freed before");
    expect(() => runner().start(graph, [a, { sizeBytes: 400 }], [c])).toThrow("not allocated by this runner");
  });
}

function testErrors(runner: () => GraphRunner, given: GraphRunnerCase): void {
  it("names the node that cannot be compiled", () => {
    const compileBad = (): unknown =>
      compile(
        runner(),
        [{ name: "Conv of [2,2]", type: "NoSuchOperation", inputs: ["x"], outputs: ["y"] }],
        [value("x", "float32", [2])],
        [value("y", "float32", [2])],
      );
    expect(compileBad).toThrow(GraphCompileError);
    expect(compileBad).toThrow("NoSuchOperation");
  });

  it.skipIf(given.clampsIndices)(
    "names the node that fails in a run, in join and in wait, and goes on with later runs",
    async () => {
      const graph = gatherGraph(runner());
      const [x, index, y] = [floats(runner(), [5, 6]), runner().allocate(4), floats(runner(), [0])];
      runner().upload(index, "int32", [7]);
      const failing = runner().start(graph, [x, index], [y]);
      await expect(runner().wait(failing)).rejects.toThrow(GraphRunError);
      expect(() => runner().join(failing)).toThrow(GraphRunError);
      expect(() => runner().join(failing)).toThrow(expect.objectContaining({ nodeName: "GatherV2 of [2] and []" }));
      runner().upload(index, "int32", [1]);
      runner().join(runner().start(graph, [x, index], [y]));
      expect(read(runner(), y, 1)).toEqual([6]);
    },
  );

  it.skipIf(given.clampsIndices)("keeps the error of a run that nobody waits for until somebody does", async () => {
    const [bad, good] = [gatherGraph(runner()), binary(runner(), "Add", [1])];
    const [x, index, y] = [floats(runner(), [5, 6]), runner().allocate(4), floats(runner(), [0])];
    runner().upload(index, "int32", [7]);
    const failing = runner().start(bad, [x, index], [y]);
    for (let count = 0; count < 200; count += 1) runner().start(good, [x, x], [y]);
    await runner().wait(runner().start(good, [x, x], [y]));
    expect(() => runner().join(failing)).toThrow(GraphRunError);
    expect(read(runner(), y, 1)).toEqual([10]);
  });
}

function testLifetime(create: () => GraphRunner): void {
  it("joins a run that somebody else waits for", async () => {
    const runner = create();
    const graph = slowGraph(runner);
    const [x, y] = slowBuffers(runner);
    const ticket = runner.start(graph, [x], [y]);
    const waiting = runner.wait(ticket);
    runner.join(ticket);
    expect(ticket.isSettled).toBe(true);
    expect(read(runner, y, 1)).toEqual([SLOW_SIZE]);
    await waiting;
    await runner.close();
  });

  it("leaves the event loop free while it computes and fetches, unless it says otherwise", async () => {
    const runner = create();
    const graph = slowGraph(runner);
    const [x, y] = slowBuffers(runner);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    // Runs that block would let no timer come between them, however many there are.
    for (let runs = 0; turns < 5 && runs < (runner.isAsynchronous ? 200 : 1); runs += 1)
      await runner.wait(runner.start(graph, [x], [y]));
    const [first] = (await runner.fetch?.(y, "float32", 1)) ?? runner.download(y, "float32", 1);
    clearInterval(timer);
    expect(first).toBe(SLOW_SIZE);
    if (runner.isAsynchronous) expect(turns).toBeGreaterThanOrEqual(5);
    await runner.close();
  });

  it("releases a graph whose run is in flight after that run", async () => {
    const runner = create();
    const graph = slowGraph(runner);
    const [x, y] = slowBuffers(runner);
    const ticket = runner.start(graph, [x], [y]);
    runner.release(graph);
    runner.release(graph);
    expect(() => runner.start(graph, [x], [y])).toThrow("released");
    await runner.wait(ticket);
    expect(read(runner, y, 1)).toEqual([SLOW_SIZE]);
    expect(runner.statistics().liveGraphs).toBe(0);
    await runner.close();
  });

  it("waits for runs in flight when it closes, and closes twice without harm", async () => {
    const runner = create();
    const graph = slowGraph(runner);
    const [x, y] = slowBuffers(runner);
    const ticket = runner.start(graph, [x], [y]);
    await Promise.all([runner.close(), runner.close()]);
    await runner.close();
    runner.join(ticket);
    expect(runner.statistics().liveGraphs).toBe(0);
    expect(() => runner.start(graph, [x], [y])).toThrow("closed");
  });
}

const SLOW_SIZE = 512;

/** x · x of [512, 512]: a few milliseconds. */
function slowGraph(runner: GraphRunner): CompiledGraph {
  const shape = [SLOW_SIZE, SLOW_SIZE];
  return compile(
    runner,
    [{ type: "MatMul", inputs: ["x", "x"], outputs: ["y"] }],
    [value("x", "float32", shape)],
    [value("y", "float32", shape)],
  );
}

/** Ones, and memory for the result. */
function slowBuffers(runner: GraphRunner): [GraphBuffer, GraphBuffer] {
  return [
    floats(
      runner,
      Array.from({ length: SLOW_SIZE ** 2 }, () => 1),
    ),
    runner.allocate(SLOW_SIZE ** 2 * 4),
  ];
}

/** Fails in a run whose index is out of range. */
function gatherGraph(runner: GraphRunner): CompiledGraph {
  return compile(
    runner,
    [{ name: "GatherV2 of [2] and []", type: "Gather", inputs: ["x", "index"], outputs: ["y"] }],
    [value("x", "float32", [2]), value("index", "int32", [])],
    [value("y", "float32", [])],
  );
}

function binary(runner: GraphRunner, type: string, shape: readonly number[]): CompiledGraph {
  return compile(
    runner,
    [{ type, inputs: ["a", "b"], outputs: ["c"] }],
    [value("a", "float32", shape), value("b", "float32", shape)],
    [value("c", "float32", shape)],
  );
}

function compile(
  runner: GraphRunner,
  nodes: readonly ModelNode[],
  inputs: readonly GraphValueSpec[],
  outputs: readonly GraphValueSpec[],
  initializers: readonly ModelInitializer[] = [],
): CompiledGraph {
  return runner.compile({ model: encodeModel({ nodes, initializers, inputs, outputs }), inputs, outputs });
}

function value(name: string, dtype: GraphDtype, shape: readonly number[]): GraphValueSpec {
  return { name, dtype, shape };
}

function atLeastRank1(shape: readonly number[]): readonly number[] {
  return shape.length === 0 ? [1] : shape;
}

function doubled([first = 1, ...rest]: readonly number[]): readonly number[] {
  return [first * 2, ...rest];
}

function floats(runner: GraphRunner, values: readonly number[]): GraphBuffer {
  const buffer = runner.allocate(values.length * 4);
  runner.upload(buffer, "float32", values);
  return buffer;
}

function read(runner: GraphRunner, buffer: GraphBuffer, length: number): number[] {
  return [...runner.download(buffer, "float32", length)];
}
