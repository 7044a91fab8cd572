import { describe, expect, it } from "vitest";
import { compileElementwise } from "../../programs/elementwise-program.js";
import { wasm } from "../../programs/wasm-module.js";
import { locateLibrary } from "../../session/library-location.js";
import { CpuRunner } from "./cpu-runner.js";
import { memoryOf } from "../../testing/memory-of.js";

/** (a · s, a + s) */
const program = compileElementwise({
  key: "test: times and plus",
  inputCount: 1,
  outputCount: 2,
  scalarCount: 1,
  describe: ({ input, scalar }) => [wasm.multiply(input(0), scalar(0)), wasm.add(input(0), scalar(0))],
});

const COUNTS = [300_001, 7, 0, 65_536, 40_000];

async function withRunner(threads: number, body: (runner: CpuRunner) => void | Promise<void>): Promise<void> {
  const location = locateLibrary();
  const runner = new CpuRunner({ libraryPath: location.isFound ? location.path : "", threads });
  await body(runner);
  await runner.close();
}

describe("large programs, whose chunks several threads take", () => {
  it("compute every element once, run after run", () =>
    withRunner(2, async (runner) => {
      const inputs = COUNTS.map((count) => {
        const buffer = runner.allocate(count * 4);
        new Float32Array(memoryOf(buffer), 0, count).forEach((_, i, array) => (array[i] = i % 1000));
        return buffer;
      });
      for (let round = 1; round <= 60; round += 1) {
        const outputs = [...COUNTS, ...COUNTS].map((count) => runner.allocate(count * 4));
        const ticket = runner.startProgram({ program, scalars: [round], elementCounts: COUNTS, inputs, outputs });
        if (round % 2 === 0) runner.join(ticket);
        else await runner.wait(ticket);
        COUNTS.forEach((count, tensor) => {
          const [times, plus] = [outputs[tensor], outputs[tensor + COUNTS.length]].map(
            (buffer) => new Float32Array(memoryOf(buffer), 0, count),
          );
          let wrong = 0;
          for (let i = 0; i < count; i += 1)
            if (times?.[i] !== (i % 1000) * round || plus?.[i] !== (i % 1000) + round) wrong += 1;
          expect(wrong).toBe(0);
        });
        for (const buffer of outputs) {
          new Float32Array(memoryOf(buffer)).fill(Number.NaN);
          runner.free(buffer);
        }
      }
    }));

  it.each([1, 12])("end with the runner, also right after %i runs were started", async (runs) => {
    const closing = withRunner(2, (runner) => {
      const [input, ...outputs] = [0, 1, 2].map(() => runner.allocate(400_000 * 4));
      if (input === undefined) return;
      for (let run = 0; run < runs; run += 1)
        runner.startProgram({ program, scalars: [1], elementCounts: [400_000], inputs: [input], outputs });
    });
    await expect(closing).resolves.toBeUndefined();
  });
});
