import { describe, expect, it } from "vitest";
import { IS_FULL, TIMEOUT_MS } from "../runs/options.js";
import { lookAt } from "./look-at-files.js";
import { lost, recordRun } from "./record-run.js";
import { runInMemory } from "./run-in-memory.js";
import { savings, type Saving } from "./saving.js";

/** The short form looks at every operation where most happens at once, and at some of the others. */
const isLookedAt = (at: number, { saveLast, isAsync }: Saving): boolean =>
  IS_FULL || (saveLast === "link" && isAsync) || at % 6 === 0;

describe("a run that is killed before any one of its operations on files", () => {
  it.each(savings)("ends as if it had not been, and leaves nothing: $name", { timeout: TIMEOUT_MS }, async (saving) => {
    const whole = await recordRun(saving);
    const end = whole.moments.at(-1);
    const expected = end === undefined ? undefined : await lookAt(end.files);
    expect(expected).toMatchObject({ unreadable: [], leftovers: [] });
    expect(whole.moments.length).toBeGreaterThan(50);
    const moments = whole.moments.filter((_, at) => isLookedAt(at, saving));
    for (const moment of moments) {
      const { before } = moment;
      const killed = moment.files.copy();
      const found = await lookAt(killed);
      expect(found, before).toMatchObject({ unreadable: [] });
      expect(lost(found, moment), before).toEqual([]);
      const resumed = await runInMemory(killed, saving);
      expect(resumed.weight, before).toEqual(whole.run.weight);
      expect(resumed.losses, before).toEqual(whole.run.losses.slice(whole.run.losses.length - resumed.losses.length));
      const left = await lookAt(killed);
      expect(left.leftovers, before).toEqual([]);
      if (found.checkpoints.includes("last.ckpt")) expect(left, before).toEqual(expected);
    }
    if (IS_FULL)
      console.log(`${saving.name}: killed before each of ${moments.length} operations, all resumed to the bit`);
  });
});
