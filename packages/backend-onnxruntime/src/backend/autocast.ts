import type { GraphBuilder } from "../contract/graph-builder.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import { type Half, multipliesIn } from "./half-probe.js";

/** In which type products that are recorded now compute. */
export class Autocast {
  readonly #runner: GraphRunner;
  readonly #known = new Map<Half, boolean>();
  #dtype: GraphBuilder["computeDtype"] = "float32";

  constructor(runner: GraphRunner) {
    this.#runner = runner;
  }

  get dtype(): GraphBuilder["computeDtype"] {
    return this.#dtype;
  }

  /** The processor rounds around float32; of a GPU one expects its own kernels. */
  isPossible(dtype: Half): boolean {
    if (this.#runner.target === undefined) return true;
    const isPossible = this.#known.get(dtype) ?? multipliesIn(dtype, this.#runner);
    this.#known.set(dtype, isPossible);
    return isPossible;
  }

  /** @throws EngineError where the device does not compute in that type */
  run<TResult>(dtype: Half, body: () => TResult): TResult {
    if (!this.isPossible(dtype))
      throw new EngineError({
        code: "LIT_ENGINE_PRECISION",
        message: `The device of ${this.#runner.name} has no products in ${dtype}.`,
        tryThis: "float32, or the processor.",
      });
    const before = this.#dtype;
    this.#dtype = dtype;
    try {
      return body();
    } finally {
      this.#dtype = before;
    }
  }
}
