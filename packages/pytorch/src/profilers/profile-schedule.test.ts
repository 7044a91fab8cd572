import { describe, expect, it } from "vitest";
import { completeSchedule, roleOf, type ProfileSchedule } from "./profile-schedule.js";

/** What is done with the first steps: `.` leave, `w` warm up, `R` record. */
function steps(given: ProfileSchedule, count: number): string {
  const schedule = completeSchedule(given);
  const letters = { leave: ".", warmUp: "w", record: "R" } as const;
  return Array.from({ length: count }, (_, step) => letters[roleOf(schedule, step)]).join("");
}

describe("a schedule of recorded steps", () => {
  it("waits for one step, warms up in one and records three, once", () => {
    expect(steps({}, 12)).toBe(".wRRR.......");
  });

  it("begins later, and again", () => {
    expect(steps({ skipFirst: 2, wait: 1, warmup: 0, active: 1, repeat: 2 }, 9)).toBe("...R.R...");
    expect(steps({ wait: 0, warmup: 0, active: 1, repeat: 0 }, 4)).toBe("RRRR");
    expect(steps({ wait: undefined, warmup: 2, active: 1 }, 6)).toBe(".wwR..");
  });

  it("refuses what is no number of steps, what records nothing, and unknown words", () => {
    expect(() => completeSchedule({ active: 0 })).toThrow(/active is no such number.*at least 1.*Received 0/);
    expect(() => completeSchedule({ wait: -1 })).toThrow(/wait is no such number.*at least 0.*Received -1/);
    expect(() => completeSchedule({ wait: 1.5 })).toThrow(/Received 1\.5/);
    const misspelt: ProfileSchedule = Object({ warmUp: 1 });
    expect(() => completeSchedule(misspelt)).toThrow(/no option "warmUp".*warmup \(did you mean that\?\)/);
  });
});
