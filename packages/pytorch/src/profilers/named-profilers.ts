import { AdvancedProfiler } from "./advanced-profiler.js";
import { EngineProfiler } from "./engine-profiler.js";
import type { Profiler } from "./profiler.js";
import { SimpleProfiler } from "./simple-profiler.js";

/** Names that `new Trainer({ profiler })` takes; `"pytorch"`, which scripts from Python say, is the engine's. */
export type ProfilerName = "simple" | "advanced" | "engine" | "pytorch";

const MAKERS: Readonly<Record<ProfilerName, () => Profiler>> = {
  simple: () => new SimpleProfiler(),
  advanced: () => new AdvancedProfiler(),
  engine: () => new EngineProfiler(),
  pytorch: () => new EngineProfiler(),
};

export const PROFILER_NAMES = ["simple", "advanced", "engine", "pytorch"] as const satisfies readonly ProfilerName[];

/** @returns undefined where no profiler is called so */
export function profilerNamed(name: unknown): Profiler | undefined {
  const found = PROFILER_NAMES.find((known) => known === name);
  return found === undefined ? undefined : MAKERS[found]();
}
