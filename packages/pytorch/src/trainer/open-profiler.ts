import type { Steps } from "../door/steps.js";
import { PassThroughProfiler } from "../profilers/pass-through-profiler.js";
import type { Profiler } from "../profilers/profiler.js";
import type { TrainerParts } from "../run/session/owned-parts.js";
import { RunTiming } from "../run/hooks/run-timing.js";
import type { RunRequest } from "../run/stages/run-request.js";
import type { ClosingStack } from "./closing-stack.js";

/** How a run tells the profiler what it does; undefined where there is nobody to tell. */
export function timingOf(profiler: Profiler): RunTiming | undefined {
  return profiler instanceof PassThroughProfiler ? undefined : new RunTiming(profiler);
}

/** Sets the profiler up. It reports when everything else of the run is closed, also of a run that failed. */
export function* openProfiler(
  parts: TrainerParts,
  { stage, module }: Pick<RunRequest, "stage" | "module">,
  closing: ClosingStack,
): Steps<void> {
  const { trainer, connection, door, driver, messages } = parts;
  const { profiler } = trainer;
  function* close(): Steps<void> {
    try {
      yield* door.call(profiler, "describe");
    } finally {
      yield* door.call(profiler, "teardown", stage);
    }
  }
  closing.defer(() => driver.run(close()));
  const say = (text: string): void => {
    if (trainer.isGlobalZero) messages.info(text);
  };
  const { localRank, logDir } = trainer;
  yield* door.call(profiler, "setup", {
    stage,
    localRank,
    logDir,
    module,
    backend: connection.device.backend,
    ports: connection.ports,
    say,
  });
}
