import { beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../checkpoint/run-journal.js";
import type { StartEnd } from "./failed-starts.js";
import { supervise } from "./supervise.js";

const WELL: StartEnd = { code: 0, signal: undefined, asked: undefined, error: "" };
const CRASH: StartEnd = { ...WELL, code: 1, error: "RangeError: out of data" };
const KILL: StartEnd = { ...WELL, code: 137, signal: "SIGKILL" };

let said: string[];
let entries: JournalEntry[];

beforeEach(() => {
  said = [];
  entries = [];
});

/** @param starts how each start ends, and the fit and the step of the newest checkpoint then */
async function run(starts: readonly (readonly [end: StartEnd, fit: number, step: number])[], maxRestarts = 9) {
  let count = 0;
  const code = await supervise({
    script: "train.ts",
    maxRestarts,
    start: async (attempt) => {
      const [end, fit, step] = starts[attempt - 1] ?? [WELL, 1, 0];
      if (step > 0) entries.unshift({ fit, step, part: "p", path: `/${step}.ckpt` });
      count += 1;
      return end;
    },
    entries: async () => entries,
    now: () => count * 1500,
    say: (text) => said.push(text),
  });
  return { code, starts: count };
}

describe("a script that lightning run starts", () => {
  it("is left alone where it ends well", async () => {
    expect(await run([[WELL, 1, 5]])).toEqual({ code: 0, starts: 1 });
    expect(said).toEqual([]);
  });

  it("is started again while each start brings a newer checkpoint, of a later step or of a later fit", async () => {
    const starts = [[KILL, 1, 10] as const, [CRASH, 1, 20] as const, [CRASH, 2, 5] as const];
    expect(await run(starts)).toEqual({ code: 0, starts: 4 });
    expect(said.slice(0, 3)).toEqual([
      "lightning run: train.ts was killed by SIGKILL. It goes on from step 10 of fit 1 (start 2 of at most 10).",
      "lightning run: train.ts ended with exit code 1. It goes on from step 20 of fit 1 (start 3 of at most 10).",
      "lightning run: train.ts ended with exit code 1. It goes on from step 5 of fit 2 (start 4 of at most 10).",
    ]);
    expect(said.at(-1)?.split("\n")).toEqual([
      "lightning run: train.ts ended well, after 3 failures.",
      "  Start 1 was killed by SIGKILL after 1.5 s.",
      "  Start 2 ended with exit code 1 after 1.5 s:",
      "    RangeError: out of data",
      "  Start 3 ended with exit code 1 after 1.5 s, by the same error as start 2.",
    ]);
  });

  it.each([
    ["none at all", [[CRASH, 1, 0]]],
    [
      "the same step again",
      [
        [CRASH, 1, 7],
        [CRASH, 1, 7],
      ],
    ],
    [
      "an earlier one",
      [
        [CRASH, 2, 7],
        [CRASH, 1, 9],
      ],
    ],
  ] as const)("is given up where it has written no newer checkpoint: %s", async (_, starts) => {
    expect(await run(starts)).toEqual({ code: 1, starts: starts.length });
    expect(said.at(-1)).toMatch(/train.ts has failed. It is not started again: it has written no newer checkpoint/);
  });

  it("is started again as often as was asked for, and its first errors are kept", async () => {
    const starts = [1, 2, 3, 4, 5].map((step) => [{ ...CRASH, error: `Error ${step}` }, 1, step] as const);
    expect(await run(starts, 4)).toEqual({ code: 1, starts: 5 });
    expect(said.at(-1)).toMatch(/was started again 4 times[^]*Error 1[^]*Error 2[^]*Error 3[^]*And 2 more\.$/);
    expect(await run(starts, 0)).toEqual({ code: 1, starts: 1 });
    expect(said.at(-1)).toContain("It is not started again (--max-restarts 0).");
  });

  it.each([
    ["a signal was passed on", { ...KILL, code: 143, signal: "SIGTERM", asked: "SIGTERM" }],
    ["Ctrl-C ended it", { ...WELL, code: 130 }],
    ["its cluster starts the job again", { ...WELL, code: 138 }],
  ] as const)("is not started again where %s", async (_, end) => {
    expect(await run([[end, 1, 5]])).toEqual({ code: end.code, starts: 1 });
  });

  it("shows the first lines of long errors, without what a terminal would obey", async () => {
    const error = ["Error: \u001b[2Jgone", ...Array.from({ length: 40 }, (_, line) => `\tat ${line}`)].join("\n");
    await run([[{ ...CRASH, error }, 1, 0]]);
    const lines = said.at(-1)?.split("\n") ?? [];
    expect(lines.at(-1)).toBe("    … 21 more lines");
    expect(lines[2]).not.toContain("\u001b");
  });
});
