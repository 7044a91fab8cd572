import type { GraphBuilder } from "../contract/graph-builder.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import { type Half, multipliesIn } from "./half-probe.js";

/** In which type products that are recorded now compute. */
export class Autocast {
  readonly #runner: GraphRunner;
  readonly #known = new Map<Half, boolean>();
  #dtype: GraphBuilder["computeDtype"] = "float32";
  #roundsTo: Half | undefined;

  constructor(runner: GraphRunner) {
    this.#runner = runner;
  }

  get dtype(): GraphBuilder["computeDtype"] {
    return this.#dtype;
  }

  /** The type whose numbers all results are; undefined where they stay as they are. */
  get roundsTo(): Half | undefined {
    return this.#roundsTo;
  }

  /** The processor rounds around float32; of a GPU one expects its own kernels. */
  isPossible(dtype: Half): boolean {
    if (this.#runner.target === undefined) return true;
    const isPossible = this.#known.get(dtype) ?? multipliesIn(dtype, this.#runner);
    this.#known.set(dtype, isPossible);
    return isPossible;
  }

  /**
   * @param isWhole whether all results are rounded, not those of products alone: then products of a device that lacks
   *   the type compute in float32, of rounded numbers
   * @throws EngineError where the device does not compute in that type
   */
  run<TResult>(dtype: Half, body: () => TResult, isWhole = false): TResult {
    const isPossible = this.isPossible(dtype);
    if (!isPossible && !isWhole)
      throw new EngineError({
        code: "LIT_ENGINE_PRECISION",
        message: `The device of ${this.#runner.name} has no products in ${dtype}.`,
        tryThis: "float32, or the processor.",
      });
    return this.#with(isPossible ? dtype : "float32", isWhole ? dtype : undefined, body);
  }

  /** Runs `body` in float32 where all results are rounded; where only products are, they go on like that. */
  pause<TResult>(body: () => TResult): TResult {
    return this.#roundsTo === undefined ? body() : this.#with("float32", undefined, body);
  }

  #with<TResult>(dtype: GraphBuilder["computeDtype"], roundsTo: Half | undefined, body: () => TResult): TResult {
    const [dtypeBefore, roundsToBefore] = [this.#dtype, this.#roundsTo];
    [this.#dtype, this.#roundsTo] = [dtype, roundsTo];
    try {
      return body();
    } finally {
      [this.#dtype, this.#roundsTo] = [dtypeBefore, roundsToBefore];
    }
  }
}
