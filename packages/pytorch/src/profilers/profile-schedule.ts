import { isCount, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";

/** Which steps are recorded; the words are those of PyTorch's profiler. */
export interface ProfileSchedule {
  /** Steps before the first cycle. @default 0 */
  readonly skipFirst?: number | undefined;
  /** Steps at the beginning of each cycle that run as ever. @default 1 */
  readonly wait?: number | undefined;
  /** Steps after them that are profiled and not told: they compile what the recorded ones run. @default 1 */
  readonly warmup?: number | undefined;
  /** Steps after them that are recorded. @default 3 */
  readonly active?: number | undefined;
  /** Cycles; 0 for as many as fit into the run. @default 1 */
  readonly repeat?: number | undefined;
}

type WholeSchedule = { readonly [TName in keyof ProfileSchedule]-?: number };

/** What is done with a step. */
export type StepRole = "leave" | "warmUp" | "record";

const WORDS = ["skipFirst", "wait", "warmup", "active", "repeat"];

/** @throws MisconfigurationError for what is no number of steps, and where no step is recorded */
export function completeSchedule(given: ProfileSchedule = {}): WholeSchedule {
  rejectUnknownOptions("EngineProfiler's schedule", given, WORDS);
  const { skipFirst = 0, wait = 1, warmup = 1, active = 3, repeat = 1 } = given;
  const schedule = { skipFirst, wait, warmup, active, repeat };
  for (const [name, value] of Object.entries(schedule))
    if (!isCount(value) || (name === "active" && value === 0))
      throw new MisconfigurationError({
        code: "LIT_PROFILER",
        message: `EngineProfiler's schedule counts steps, and ${name} is no such number.`,
        expected: `a whole number of at least ${name === "active" ? 1 : 0}`,
        received: String(value),
      });
  return schedule;
}

/** @param step counted from 0 */
export function roleOf({ skipFirst, wait, warmup, active, repeat }: WholeSchedule, step: number): StepRole {
  const length = wait + warmup + active;
  const since = step - skipFirst;
  if (since < 0 || (repeat > 0 && since >= repeat * length)) return "leave";
  const place = since % length;
  if (place < wait) return "leave";
  return place < wait + warmup ? "warmUp" : "record";
}
