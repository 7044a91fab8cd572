import { Profiler } from "./profiler.js";

/** Profiles nothing: what `trainer.profiler` is where none was asked for. `profile(name, body)` only runs the body. */
export class PassThroughProfiler extends Profiler {
  override start(): void {}
  override stop(): void {}
}
