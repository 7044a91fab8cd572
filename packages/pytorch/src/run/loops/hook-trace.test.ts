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
    row: "a checkpoint of `on_train_batch_end` forgets what follows the batch",
    cases: /^resume (in (?!.*data)|up to|before)/,
    adapt: goOnAsBefore,
  },
  {
    row: "one of `on_validation_end` the epoch's row",
    cases: /^resume at the last validation of an epoch$/,
    adapt: (trace) => insertInLastFit(trace, "LM.onTrainEpochEnd", "LG.logMetrics 3 epoch loss_epoch"),
  },
  {
    row: "without an optimizer, a mock one steps",
    cases: /^no optimizer$/,
    adapt: (trace) => trace.filter((entry) => !/optimizerStep|ZeroGrad|OptimizerStep|Gradient(s|Clipping)/.test(entry)),
  },
  {
    row: "resumed at an epoch's end, a plateau scheduler does not step for that epoch",
    cases: /^resume with a plateau scheduler$/,
    adapt: (trace) => insertInLastFit(trace, "LM.trainDataloader @0 3 train last", "LM.lrSchedulerStep"),
  },
];

function tearDownOf(trace: readonly string[]): readonly string[] {
  const owners = trace.includes("DM.onException") ? ["DM", "CB", "LM"] : ["CB", "LM"];
  return owners.map((owner) => `${owner}.teardown fit`);
}

function insertInLastFit(trace: readonly string[], after: string, entry: string): readonly string[] {
  const at = trace.indexOf(after, trace.lastIndexOf("== fit")) + 1;
  return [...trace.slice(0, at), entry, ...trace.slice(at)];
}

/** What the first run did between its first checkpoint and the next batch, the second does before its first batch. */
function goOnAsBefore(trace: readonly string[]): readonly string[] {
  const next = (name: string, start: number) => trace.findIndex((entry, at) => at > start && entry.startsWith(name));
  const saved = next("LM.onTrainBatchEnd", trace.indexOf("LM.onSaveCheckpoint"));
  let nextBatch = saved;
  do nextBatch = next("LM.onBeforeBatchTransfer", nextBatch);
  while (stageAt(trace, nextBatch) === "validate");
  const resumed = next("LM.onBeforeBatchTransfer", next("LM.onTrainStart", trace.lastIndexOf("== fit")));
  return [...trace.slice(0, resumed), ...trace.slice(saved + 1, nextBatch + 1), ...trace.slice(resumed + 1)];
}

function stageAt(trace: readonly string[], at: number): string | undefined {
  const position = trace.slice(0, at + 1).findLast((entry) => entry.includes("@"));
  return position?.split("@")[1]?.split(" ")[2];
}

describe(`the order of hooks, and where training stands in each, is that of Lightning ${lightning}`, () => {
  describe.each([{ waits: false }, { waits: true }])("where hooks return promises: $waits", (how) => {
    it.each(cases)("$name", async (one) => {
      const differing = ON_PURPOSE.filter((deviation) => deviation.cases.test(one.name));
      const options = Object.assign({}, ...differing.map((deviation) => deviation.options));
      const expected = differing.reduce((trace, { adapt = (same) => same }) => adapt(trace), one.trace);
      expect(await runHookTrace(one, options, how)).toEqual(expected);
    });
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
