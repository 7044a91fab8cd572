import { describe, expect, it } from "vitest";
import { IS_FULL, TIMEOUT_MS } from "../runs/options.js";
import { lookAt } from "./look-at-files.js";
import { lost, recordRun, type Moment, type RecordedRun } from "./record-run.js";
import { runInMemory } from "./run-in-memory.js";
import { savings, type Saving } from "./saving.js";

/** What the device may have written when power is cut: what was flushed, or all names before what is in the files. */
const DEVICES = [{ keepsNames: false }, { keepsNames: true }] as const;

async function afterPowerLoss({ files }: Moment, device: (typeof DEVICES)[number]) {
  const left = files.copy();
  left.crash(device);
  return { left, found: await lookAt(left) };
}

async function requireSameEnd(whole: RecordedRun, saving: Saving, { left }: { left: Moment["files"] }, why: string) {
  const resumed = await runInMemory(left, saving);
  expect(resumed.weight, why).toEqual(whole.run.weight);
  expect((await lookAt(left)).leftovers, why).toEqual([]);
}

describe("when the power is cut before any one of a run's operations on files", () => {
  it.each(savings)("everything that it was told is safe is there: $name", { timeout: TIMEOUT_MS }, async (saving) => {
    const whole = await recordRun(saving);
    let losses = 0;
    for (const [at, moment] of whole.moments.entries()) {
      for (const device of DEVICES) {
        const why = `${moment.before}, ${JSON.stringify(device)}`;
        const after = await afterPowerLoss(moment, device);
        expect(after.found.unreadable, why).toEqual([]);
        expect(lost(after.found, moment), why).toEqual([]);
        if (IS_FULL || at % 12 === 0) await requireSameEnd(whole, saving, after, why);
        losses += 1;
      }
    }
    if (IS_FULL) console.log(`${saving.name}: ${losses} power losses, nothing unreadable, nothing lost, same weights`);
  });

  it.each(savings)("each flush is needed by some of them: $name", { timeout: TIMEOUT_MS }, async (saving) => {
    const { flushes } = await recordRun(saving);
    expect(flushes).toBeGreaterThan(10);
    const needless: number[] = [];
    for (let flush = 0; flush < flushes; flush += IS_FULL ? 1 : 4) {
      const { moments } = await recordRun(saving, flush);
      if (!(await isMissed(moments))) needless.push(flush);
    }
    if (IS_FULL) console.log(`${saving.name}: each of ${flushes} flushes left out once, ${needless.length} not missed`);
    expect(needless).toEqual([]);
  });
});

/** Whether a power loss somewhere damages a file, or loses what the run was told is safe. */
async function isMissed(moments: readonly Moment[]): Promise<boolean> {
  for (const moment of moments) {
    for (const device of DEVICES) {
      const { found } = await afterPowerLoss(moment, device);
      if (found.unreadable.length > 0 || lost(found, moment).length > 0) return true;
    }
  }
  return false;
}
