import { afterEach, expect, it, vi } from "vitest";
import type { ElementwiseProgram } from "../contract/elementwise-program.js";
import { programRequestBytes, writeProgramRequest } from "../devices/cpu/program-request.js";
import { compileElementwise } from "../programs/elementwise-program.js";
import { poolGradientProgram } from "../programs/pool-gradient-program.js";
import { wasm } from "../programs/wasm-module.js";
import { PAGE_BYTES } from "../programs/wasm-pages.js";
import { EXECUTOR_LAYOUT } from "./executor-layout.js";
import { loadKoffi } from "./load-koffi.js";
import { NativeBuffer } from "./native-buffer.js";
import type { ProgramMemory } from "./program-memory.js";
import type * as ProgramWork from "./program-work.js";
import { SharedMemory } from "./shared-memory.js";

const WORKER_THREADS = "node:worker_threads";

afterEach(() => vi.doUnmock(WORKER_THREADS));

const plus = compileElementwise({
  key: "a + b * s",
  inputCount: 2,
  outputCount: 1,
  scalarCount: 1,
  describe: ({ input, scalar }) => [wasm.add(input(0), wasm.multiply(input(1), scalar(0)))],
});

/** The module that does programs' work, as a thread with this memory has it. */
async function threadWith(program: ElementwiseProgram, programMemory: ProgramMemory): Promise<typeof ProgramWork> {
  const unsent = [{ message: { id: 0, ...program } }];
  vi.resetModules();
  vi.doMock(WORKER_THREADS, () => ({
    workerData: { layout: EXECUTOR_LAYOUT, programMemory, thread: 0, newPrograms: {} },
    receiveMessageOnPort: () => unsent.pop(),
  }));
  return import("./program-work.js");
}

/**
 * Runs a program on two threads in turns, one share each time. One of them sees nothing of the memory in which the
 * arrays lie, as if that had grown since it looked, and copies.
 * @param valueOf the numbers of the inputs
 * @returns the results, one after the other
 */
async function runByTurns(
  program: ElementwiseProgram,
  elementCounts: readonly number[],
  valueOf: (array: number, index: number) => number,
): Promise<Float32Array[]> {
  const shared = new SharedMemory(256);
  const scratch = [shared.take(4 * PAGE_BYTES) ?? 0, shared.take(4 * PAGE_BYTES) ?? 0];
  const lengths = program.lengths ?? [1, 1, 1];
  const arrays = lengths.map((length, array) =>
    elementCounts.map((elements) => {
      const piece = shared.allocate(elements * length * 4);
      if (piece === undefined) throw new Error("the memory has room for that");
      const isResult = array >= program.inputCount;
      new Float32Array(piece.memory).forEach((_, i, all) => (all[i] = isResult ? Number.NaN : valueOf(array, i)));
      return new NativeBuffer(piece);
    }),
  );
  const inputs = arrays.slice(0, program.inputCount).flat();
  const outputs = arrays.slice(program.inputCount).flat();
  const request = { program, scalars: program === plus ? [0.5] : [], elementCounts, inputs, outputs };
  const block = new ArrayBuffer(programRequestBytes(request));
  writeProgramRequest(block, 0, request, [...inputs, ...outputs]);
  const { address, view } = loadKoffi();
  const seeing = await threadWith(program, { memory: shared.memory, base: shared.base, scratch: scratch.slice(0, 1) });
  const behind = await threadWith(program, { memory: shared.memory, base: 1n << 62n, scratch: scratch.slice(1) });
  const [one, other] = [seeing, behind].map((thread) => thread.readRequest(view, address(block), block.byteLength, 0));
  let claimed = 0;
  // Whoever runs gets one share, and then numbers beyond the last.
  const claimOne = () => {
    let isTaken = false;
    return () => {
      if (isTaken) return Number.MAX_SAFE_INTEGER;
      isTaken = true;
      claimed += 1;
      return claimed - 1;
    };
  };
  for (let turn = 0; turn < 60; turn += 1) (turn % 2 === 0 ? one : other)?.run(claimOne());
  return outputs.map(({ memory }, k) =>
    new Float32Array(memory, 0, (elementCounts[k] ?? 0) * (lengths.at(-1) ?? 1)).slice(),
  );
}

it("divides the elements in the same way on a thread that does not see yet how far the memory has grown", async () => {
  const results = await runByTurns(plus, [50_001, 3, 0, 16_384, 40_000], (array, i) => i % (array === 0 ? 1000 : 7));
  for (const values of results) expect(values.findIndex((value, i) => value !== (i % 1000) + (i % 7) * 0.5)).toBe(-1);
});

it("divides rows in the same way", async () => {
  const windows = 65;
  const [dx = new Float32Array()] = await runByTurns(poolGradientProgram(windows, false), [700], (array, i) =>
    // The largest of each window is its last element, 3.
    array === 0 ? i : array === 1 ? (i % 2) + 2 * (Math.floor(i / (2 * windows)) % 2) : 3,
  );
  expect(dx).toHaveLength(700 * 4 * windows);
  const wrong = dx.findIndex((value, i) => {
    const [row, column] = [Math.floor(i / (2 * windows)), i % (2 * windows)];
    const window = Math.floor(row / 2) * windows + Math.floor(column / 2);
    return value !== (row % 2 === 1 && column % 2 === 1 ? window : 0);
  });
  expect(wrong).toBe(-1);
});
