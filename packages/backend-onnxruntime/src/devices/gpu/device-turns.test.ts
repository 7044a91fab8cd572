import { afterAll, describe, expect, it } from "vitest";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type { GraphRunner } from "../../contract/graph-runner.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";
import { openGraphRunner } from "../open-graph-runner.js";
import { endTurn, takeTurn } from "./device-turns.js";

describe("a turn on a device", () => {
  it("begins when the runs of whoever had the last one have ended", () => {
    const finished: string[] = [];
    const runner = (name: string) => ({ finishRuns: () => void finished.push(name) });
    const [first, second, elsewhere] = [runner("first"), runner("second"), runner("elsewhere")];
    takeTurn("a", first);
    takeTurn("a", first);
    takeTurn("b", elsewhere);
    expect(finished).toEqual([]);
    takeTurn("a", second);
    expect(finished).toEqual(["first"]);
    takeTurn("a", first);
    expect(finished).toEqual(["first", "second"]);
    endTurn("a", second);
    endTurn("a", first);
    takeTurn("a", second);
    expect(finished).toHaveLength(2);
  });

  it("begins although the thread of whoever had the last one has died", () => {
    const dead = {
      finishRuns: () => {
        throw new Error("died");
      },
    };
    takeTurn("c", dead);
    expect(() => takeTurn("c", { finishRuns: expect.unreachable })).not.toThrow();
  });
});

describe.skipIf(!useSoftwareGpu())("two runners of one device", () => {
  const runners = [openGraphRunner({ device: "webgpu" }), openGraphRunner({ device: "webgpu" })];
  afterAll(() => Promise.all(runners.map((runner) => runner.close())));

  it("write what each was given, however their copies alternate", { timeout: 60_000 }, () => {
    const count = 250_000;
    const written: { readonly runner: GraphRunner; readonly buffer: GraphBuffer; readonly value: number }[] = [];
    for (let round = 0; round < 40; round += 1) {
      for (const runner of runners) {
        // Several times in a row, so that copies of the one are on their way when the other begins.
        for (let i = 0; i < 1 + (round % 3); i += 1) {
          const buffer = runner.allocate(count * 4);
          const value = written.length + 1;
          runner.upload(buffer, "int32", new Int32Array(count).fill(value));
          written.push({ runner, buffer, value });
        }
      }
      if (written.length < 40) continue;
      for (const { runner, buffer, value } of written.splice(0)) {
        const found = runner.download(buffer, "int32", count);
        expect([found[0], found[count - 1], found.every((number) => number === value)]).toEqual([value, value, true]);
        runner.free(buffer);
      }
    }
  });
});
