import { isPromiseLike } from "../door/is-promise-like.js";
import type { Session } from "../session/session.js";

/**
 * Calls the module's `trainingStep` under the precision, as the current hook; what it throws says where it came from.
 * One object for a whole fit, so that no closure is made per step.
 */
export class TrainingStepCall {
  readonly #session: Session;
  readonly #forward: () => unknown;
  #batch: unknown;
  #batchIdx = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#forward = () => session.module.trainingStep(this.#batch, this.#batchIdx);
  }

  /** @returns what the step returned: a promise only where the step returned one */
  run(batch: unknown, batchIdx: number): unknown {
    const { connection, hooks } = this.#session;
    this.#batch = batch;
    this.#batchIdx = batchIdx;
    const outer = hooks.current;
    hooks.current = "trainingStep";
    let result: unknown;
    try {
      result = connection.precision.forward(this.#forward);
    } catch (error) {
      hooks.current = outer;
      throw this.#failure(error);
    }
    if (isPromiseLike(result)) return this.#settle(result, outer);
    hooks.current = outer;
    return result;
  }

  async #settle(pending: PromiseLike<unknown>, outer: string | undefined): Promise<unknown> {
    try {
      return await pending;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#session.hooks.current = outer;
    }
  }

  #failure(error: unknown): unknown {
    const { hooks, module } = this.#session;
    return hooks.failure(`${module.constructor.name}.trainingStep`, error, this.#batch);
  }
}
