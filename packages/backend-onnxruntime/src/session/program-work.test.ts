import { afterEach, expect, it, vi } from "vitest";
import { programRequestBytes, writeProgramRequest } from "../devices/cpu/program-request.js";
import { compileElementwise } from "../programs/elementwise-program.js";
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

const program = compileElementwise({
  key: "a + b * s",
  inputCount: 2,
  outputCount: 1,
  scalarCount: 1,
  describe: ({ input, scalar }) => [wasm.add(input(0), wasm.multiply(input(1), scalar(0)))],
});

/** The module that does programs' work, as a thread with this memory has it. */
async function threadWith(programMemory: ProgramMemory): Promise<typeof ProgramWork> {
  vi.resetModules();
  vi.doMock(WORKER_THREADS, () => ({
    workerData: { layout: EXECUTOR_LAYOUT, programMemory, thread: 0, newPrograms: {} },
    receiveMessageOnPort: () => ({ message: { id: 0, ...program } }),
  }));
  return import("./program-work.js");
}

it("divides the elements in the same way on a thread that does not see yet how far the memory has grown", async () => {
  const shared = new SharedMemory(256);
  const scratch = [shared.take(4 * PAGE_BYTES) ?? 0, shared.take(4 * PAGE_BYTES) ?? 0];
  const counts = [50_001, 3, 0, 16_384, 40_000];
  const fill = (count: number, valueOf: (i: number) => number) => {
    const memory = shared.allocate(count * 4);
    if (memory === undefined) throw new Error("the memory has room for that");
    new Float32Array(memory).set(Float32Array.from({ length: count }, (_, i) => valueOf(i)));
    return new NativeBuffer(memory);
  };
  const first = counts.map((count) => fill(count, (i) => i % 1000));
  const second = counts.map((count) => fill(count, (i) => i % 7));
  const results = counts.map((count) => fill(count, () => Number.NaN));
  const request = { program, scalars: [0.5], elementCounts: counts, inputs: [...first, ...second], outputs: results };
  const block = new ArrayBuffer(programRequestBytes(request));
  writeProgramRequest(block, 0, request, [...first, ...second, ...results]);
  const { address, view } = loadKoffi();

  const seeing = await threadWith({ memory: shared.memory, base: shared.base, scratch: scratch.slice(0, 1) });
  // For this one, everything lies elsewhere, so that it copies.
  const behind = await threadWith({ memory: shared.memory, base: 1n << 62n, scratch: scratch.slice(1) });
  const read = (thread: typeof seeing) => thread.readRequest(view, address(block), block.byteLength, 0);
  const [one, other] = [read(seeing), read(behind)];
  let claimed = 0;
  // They take turns: whoever runs gets one share, and then numbers beyond the last.
  const claimOne = () => {
    let isTaken = false;
    return () => {
      if (isTaken) return Number.MAX_SAFE_INTEGER;
      isTaken = true;
      claimed += 1;
      return claimed - 1;
    };
  };
  for (let turn = 0; turn < 40; turn += 1) (turn % 2 === 0 ? one : other).run(claimOne());

  results.forEach(({ memory }, k) => {
    const values = new Float32Array(memory, 0, counts[k]);
    expect(values.findIndex((value, i) => value !== (i % 1000) + (i % 7) * 0.5)).toBe(-1);
  });
});
