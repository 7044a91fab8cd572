import { readFileSync } from "node:fs";
import { runHookTrace, type TracedCase } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { TrainerOptions } from "../../options/trainer-options.js";

const { lightning, cases } = JSON.parse(
  readFileSync(new URL("./fixtures/hook-trace.json", import.meta.url), "utf8"),
) as { lightning: string; cases: readonly TracedCase[] };

/** What differs on purpose: a row of docs/decisions/0051, and how the expectation or the run is adapted to it. */
interface Deviation {
  readonly row: string;
  readonly cases: RegExp;
  readonly options?: TrainerOptions;
  readonly adapt?: (trace: readonly string[]) => readonly string[];
}

const ON_PURPOSE: readonly Deviation[] = [
  {
    row: "teardown hooks skipped after an error",
    cases: / fail(s|ed)( |$)/,
    adapt: (trace) =>
      trace.flatMap((entry) => (entry === "LG.finalize failed" ? [...tearDownOf(trace), entry] : entry)),
  },
  {
    row: 'scheduler `interval="step"` counts batches of the epoch',
    cases: /^a scheduler for every second batch of an epoch$/,
    options: { schedulerFrequencyUnit: "batches" },
  },
  {
    row: "resumed at an epoch's end, a plateau scheduler does not step for that epoch",
    cases: /^resume with a plateau scheduler$/,
    adapt: (trace) =>
      trace.flatMap((entry) =>
        entry === "LM.trainDataloader @0 3 train last" ? [entry, "LM.lrSchedulerStep"] : entry,
      ),
  },
];

function tearDownOf(trace: readonly string[]): readonly string[] {
  const owners = trace.includes("DM.onException") ? ["DM", "CB", "LM"] : ["CB", "LM"];
  return owners.map((owner) => `${owner}.teardown fit`);
}

describe(`the order of hooks, and where training stands in each, is that of Lightning ${lightning}`, () => {
  it.each(cases)("$name", async (one) => {
    const differing = ON_PURPOSE.filter((deviation) => deviation.cases.test(one.name));
    const options = Object.assign({}, ...differing.map((deviation) => deviation.options));
    const expected = differing.reduce((trace, { adapt = (same) => same }) => adapt(trace), one.trace);
    expect(await runHookTrace(one, options)).toEqual(expected);
  });

  it.each(ON_PURPOSE)("but on purpose: $row", ({ row, cases: which }) => {
    const decision = readFileSync(
      new URL("../../../../../docs/decisions/0051-where-the-trainer-differs.md", import.meta.url),
      "utf8",
    );
    expect(decision).toContain(row);
    expect(cases.some(({ name }) => which.test(name))).toBe(true);
  });
});
