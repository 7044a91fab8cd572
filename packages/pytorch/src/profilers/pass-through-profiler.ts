import { Profiler } from "./profiler.js";

/**
 * Profiles nothing: what `trainer.profiler` is where none was asked for. `profile(name, body)` only runs the body.
 * @example
 * ```ts
 * import { PassThroughProfiler, Trainer } from "@lightning-ts/pytorch";
 *
 * const { profiler } = new Trainer();
 * console.log(profiler instanceof PassThroughProfiler, profiler.profile("add", () => 1 + 2)); // true 3
 * ```
 */
export class PassThroughProfiler extends Profiler {
  override start(): void {}
  override stop(): void {}
}
