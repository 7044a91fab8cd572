import { Callback } from "../contract/callback.js";

/**
 * Base of all callbacks that write checkpoints: they run after all others.
 * @example
 * ```ts
 * import { Checkpoint, Trainer } from "@lightning-ts/pytorch";
 *
 * class SaveAtTheEnd extends Checkpoint {
 *   override onTrainEnd(trainer: Trainer) {
 *     return trainer.saveCheckpoint("end.ckpt");
 *   }
 * }
 * const trainer = new Trainer({ callbacks: [new SaveAtTheEnd()] });
 * console.log(trainer.callbacks.at(-1) instanceof Checkpoint); // true
 * ```
 */
export class Checkpoint extends Callback {
  override readonly monitorsMetrics: boolean = true;
}
