import { afterAll, describe, expect, it } from "vitest";
import type { ScatterTask } from "../../contract/scatter-program.js";
import { scatterProgram } from "../../programs/scatter-module.js";
import { partBounds, scatterRows } from "../../programs/scatter-plan.js";
import { memoryOf } from "../../testing/memory-of.js";
import { locateLibrary } from "../../session/library-location.js";
import { CpuRunner } from "./cpu-runner.js";

const location = locateLibrary();
const runner = new CpuRunner({ libraryPath: location.isFound ? location.path : "", threads: 3 });
afterAll(() => runner.close());

const GUARD = 64;

interface Given {
  readonly updates: Float32Array<ArrayBuffer>;
  readonly indices: Int32Array<ArrayBuffer>;
}

function plain(count: number, width: number, extents: readonly number[]): ScatterTask {
  return { count, width, extents, outside: "fails", skippedRow: -1 };
}

/**
 * Values of very different sizes, whose float64 sums depend on their order, and indices that meet often in some rows.
 */
function someOf({ count, width, extents }: ScatterTask, seed = 1): Given {
  let state = seed * 2654435761;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const updates = Float32Array.from({ length: count * width }, () => (next() - 0.5) * 2 ** (next() * 60 - 30));
  const indices = Int32Array.from({ length: count * extents.length }, (_, i) =>
    Math.floor(next() ** 3 * (extents[i % extents.length] ?? 1)),
  );
  return { updates, indices };
}

/** The table, behind which nothing was written. */
function run(task: ScatterTask, { updates, indices }: Given): Float32Array {
  const length = scatterRows(task) * task.width;
  const buffers = [updates, indices].map((values) => {
    const buffer = runner.allocate(values.byteLength);
    new Uint8Array(memoryOf(buffer)).set(new Uint8Array(values.buffer));
    return buffer;
  });
  const [source, positions] = buffers;
  const table = runner.allocate((length + GUARD) * 4);
  if (source === undefined || positions === undefined) throw new RangeError("two buffers");
  const content = new Float32Array(memoryOf(table), 0, length + GUARD).fill(7);
  try {
    runner.join(runner.startScatter({ program: scatterProgram(task), updates: source, indices: positions, table }));
    return content.slice(0, length);
  } finally {
    expect(content.subarray(length).every((value) => value === 7)).toBe(true);
    for (const buffer of [...buffers, table]) runner.free(buffer);
  }
}

/** What the contract says, literally. */
function expected(task: ScatterTask, { updates, indices }: Given): Float32Array {
  const { count, width, extents, skippedRow } = task;
  const bounds = partBounds(task, scatterProgram(task).plan.parts);
  const parts = bounds.slice(1).map((end, part) => {
    const sums = new Float64Array(scatterRows(task) * width);
    for (let update = bounds[part] ?? 0; update < end; update += 1) {
      let row = 0;
      extents.forEach((extent, level) => (row = row * extent + (indices[update * extents.length + level] ?? 0)));
      if (row < 0 || row >= scatterRows(task) || row === skippedRow) continue;
      for (let column = 0; column < width; column += 1)
        sums[row * width + column] = (sums[row * width + column] ?? 0) + (updates[update * width + column] ?? 0);
    }
    return sums;
  });
  expect(bounds.at(-1)).toBe(count);
  return Float32Array.from(parts[0] ?? [], (_, i) =>
    parts.slice(1).reduce((sum, part) => sum + (part[i] ?? 0), parts[0]?.[i] ?? 0),
  );
}

const TASKS: readonly (readonly [string, ScatterTask])[] = [
  ["few wide updates of many rows", plain(300, 768, [2000])],
  ["wide updates that meet in one row", plain(3000, 400, [2])],
  ["rows that are wider than the program's memory", plain(40, 9001, [5])],
  ["a row wider than a chunk of updates", plain(3, 70_001, [2])],
  ["narrow updates", plain(50_000, 7, [100])],
  ["single numbers", plain(70_001, 1, [3])],
  ["many parts", plain(16_384, 48, [65])],
  ["a table that needs several passes", plain(200_000, 4, [200_000])],
  ["a table too large for passes", plain(1000, 16, [300_000])],
  ["indices of three numbers", plain(9000, 5, [4, 3, 7])],
  ["one update", plain(1, 3, [4])],
  ["a row that is skipped", { ...plain(5000, 16, [20]), skippedRow: 0 }],
  ["a sorted row that is skipped", { ...plain(200, 700, [900]), skippedRow: 1 }],
];

describe("CpuRunner.startScatter", () => {
  it.each(TASKS)("sums in float64 and in order: %s", (_, task) => {
    const given = someOf(task);
    const want = expected(task, given);
    for (let repetition = 0; repetition < 3; repetition += 1) expect(firstDifference(run(task, given), want)).toBe(-1);
  });

  it("takes every way of computing", () => {
    const plans = TASKS.map(([, task]) => scatterProgram(task).plan);
    expect(new Set(plans.map(({ isStreamed, parts }) => `${String(isStreamed)} ${parts}`))).toEqual(
      new Set(["false 1", "true 1", "true 2", "true 4"]),
    );
  });

  it("passes over indices outside of the table where they are to be skipped", () => {
    for (const [count, width] of [
      [4000, 8],
      [50, 700],
    ] as const) {
      const task: ScatterTask = { ...plain(count, width, [10]), outside: "skipped" };
      const given = someOf(task);
      for (let i = 0; i < count; i += 7) given.indices[i] = [-1, 10, 2147483647, -2147483648][i % 4] ?? 0;
      expect(firstDifference(run(task, given), expected(task, given))).toBe(-1);
    }
  });

  it("fails at an index outside of the table, writes nothing, and goes on", () => {
    for (const bad of [10, -1, 2147483647, -2147483648]) {
      for (const [count, width] of [
        [4000, 8],
        [50, 700],
      ] as const) {
        const task = plain(count, width, [10]);
        const given = someOf(task);
        given.indices[count - 1] = bad;
        expect(() => run(task, given)).toThrow(`the index ${bad} of update ${count - 1} is not in [0 to 9]`);
        given.indices[count - 1] = 9;
        expect(firstDifference(run(task, given), expected(task, given))).toBe(-1);
      }
    }
    const task = plain(100, 30, [4, 5]);
    const given = someOf(task);
    given.indices.set([3, 5], 20);
    expect(() => run(task, given)).toThrow("the index 3, 5 of update 10 is not in [0 to 3, 0 to 4]");
  });

  it("keeps infinities, NaN and the sign of zero as addition to 0 has them", () => {
    for (const width of [1, 2, 3, 800]) {
      const values = [
        Number.POSITIVE_INFINITY,
        1,
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
        Number.NaN,
        -0,
        3e38,
        3e38,
        1e-45,
      ];
      const indices = Int32Array.from([0, 0, 1, 1, 2, 3, 4, 4, 5]);
      const updates = Float32Array.from(
        { length: values.length * width },
        (_, i) => values[Math.floor(i / width)] ?? 0,
      );
      const table = run(plain(values.length, width, [7]), { updates, indices });
      const columns = [0, width - 1].map((column) =>
        Array.from({ length: 7 }, (_, row) => table[row * width + column]),
      );
      for (const column of columns)
        expect(column).toEqual([
          Number.POSITIVE_INFINITY,
          Number.NaN,
          Number.NaN,
          0,
          Number.POSITIVE_INFINITY,
          Math.fround(1e-45),
          0,
        ]);
    }
  });

  it("is exact to the last bit for ten million numbers in one place", () => {
    const task = plain(10_000_000, 1, [1]);
    const [sum = 0] = run(task, {
      updates: new Float32Array(task.count).fill(0.1),
      indices: new Int32Array(task.count),
    });
    expect(Math.abs(sum / (Math.fround(0.1) * task.count) - 1)).toBeLessThan(6e-8);
  });

  it("refuses buffers that are too small", () => {
    const [large, small] = [runner.allocate(4000), runner.allocate(396)];
    const program = scatterProgram(plain(10, 100, [1]));
    expect(() => runner.startScatter({ program, updates: large, indices: large, table: small })).toThrow(
      "Buffer 2 of a run is too small. Expected at least 400 bytes. Received 396 bytes.",
    );
    expect(() => runner.startScatter({ program, updates: small, indices: large, table: large })).toThrow(
      "Buffer 0 of a run is too small.",
    );
  });
});

/** NaN equals itself here, and 0 does not equal -0. */
function firstDifference(got: Float32Array, want: Float32Array): number {
  return got.length === want.length ? got.findIndex((value, i) => !Object.is(value, want[i])) : 0;
}
