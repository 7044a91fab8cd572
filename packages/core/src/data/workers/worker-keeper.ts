import { WorkerPool, type PoolSetup } from "./worker-pool.js";

/** Stops the workers of loaders that are gone. */
const forgotten = new FinalizationRegistry<WorkerPool>((pool) => void pool.stop());

/** Gives a loader its workers: new ones for each epoch, or the same ones if they are persistent. */
export class WorkerKeeper {
  readonly #setup: PoolSetup;
  #kept: WorkerPool | undefined;
  #isLent = false;

  constructor(setup: PoolSetup) {
    this.#setup = setup;
  }

  /** How many batches each worker makes ahead. */
  get prefetchFactor(): number {
    return this.#setup.prefetchFactor;
  }

  /** How many batches all workers make ahead. */
  get batchesAhead(): number {
    return this.#setup.numWorkers * this.#setup.prefetchFactor;
  }

  /** @returns the workers of an iteration, and what to call at its end */
  lend(epoch: number): { readonly pool: WorkerPool; readonly giveBack: () => Promise<void> } {
    if (!this.#setup.persistentWorkers || this.#isLent) {
      const pool = new WorkerPool(this.#setup, epoch);
      return { pool, giveBack: () => pool.stop() };
    }
    const pool = this.#kept?.isAlive === true ? this.#kept : this.#renew(epoch);
    this.#isLent = true;
    return {
      pool,
      giveBack: async () => {
        this.#isLent = false;
        if (this.#kept !== pool) await pool.stop();
      },
    };
  }

  /** Ends the persistent workers; the next iteration starts others. */
  async stop(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    forgotten.unregister(this);
    await kept?.stop();
  }

  #renew(epoch: number): WorkerPool {
    void this.stop();
    this.#kept = new WorkerPool(this.#setup, epoch);
    forgotten.register(this, this.#kept, this);
    return this.#kept;
  }
}
