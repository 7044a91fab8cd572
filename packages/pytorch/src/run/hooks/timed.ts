import type { Steps } from "../../door/steps.js";
import type { StepPart } from "../../profilers/step-part.js";
import type { RunTiming } from "./run-timing.js";

/** A run that may be profiled. */
interface Timed {
  readonly timing: RunTiming | undefined;
}

/** Does work of the run, and tells the profiler when it begins and ends. */
export function timed<TResult>(
  { timing }: Timed,
  action: string,
  part: StepPart,
  work: () => Steps<TResult>,
): Steps<TResult> {
  return timing === undefined ? work() : timedSteps(timing, action, part, work);
}

function* timedSteps<TResult>(
  timing: RunTiming,
  action: string,
  part: StepPart,
  work: () => Steps<TResult>,
): Steps<TResult> {
  const isTimed = timing.begin(action, part);
  try {
    return yield* work();
  } finally {
    if (isTimed) timing.end(action);
  }
}
