import { Callback } from "../contract/callback.js";

/** Base of all callbacks that write checkpoints: they run after all others. */
export class Checkpoint extends Callback {
  override readonly monitorsMetrics: boolean = true;
}
