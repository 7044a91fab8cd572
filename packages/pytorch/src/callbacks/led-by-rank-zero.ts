import type { Trainer } from "../contract/trainer.js";
import { tolerateSaveErrors } from "./tolerate-save-errors.js";
import { InterruptionError } from "../errors/interruption-error.js";

/** What rank 0 tells the others: take part in a write, or it is over. */
type Order<TState> =
  | { readonly kind: "save"; readonly path: string; readonly weightsOnly: boolean }
  | { readonly kind: "done"; readonly state: TState }
  | { readonly kind: "failed"; readonly message: string };

/** A callback whose files all ranks write together. */
interface Led<TState> {
  /** Names the callback in messages. */
  readonly stateKey: string;
  /** What rank 0 remembers of the files. */
  readonly state: () => TState;
  readonly takeState: (state: TState) => void;
}

/**
 * Lets rank 0 decide whether and where checkpoints are written: by its metrics, its clock and its files. The others may
 * see these differently; they take part in each write and then take over what rank 0 remembers. All ranks have to call
 * this at the same point.
 * @param decide runs on rank 0 alone and writes with `saveOnAllRanks`
 */
export function ledByRankZero<TState>(
  trainer: Trainer,
  callback: Led<TState>,
  decide: () => void | Promise<void>,
): void | Promise<void> {
  const save = tolerateSaveErrors(trainer, decide);
  if (trainer.worldSize === 1) return save();
  return trainer.isGlobalZero ? lead(trainer, callback, save) : follow(trainer, callback);
}

/** Writes a checkpoint: on rank 0, inside `ledByRankZero`. */
export async function saveOnAllRanks(
  trainer: Trainer,
  stateKey: string,
  path: string,
  options: { readonly weightsOnly: boolean },
): Promise<void> {
  if (trainer.worldSize > 1) await give<never>(trainer, stateKey, { kind: "save", path, ...options });
  await trainer.saveCheckpoint(path, options);
}

/**
 * Whether what ended a run ended it on all ranks, so that they can still write a checkpoint together: an interruption
 * did, and a failure of one rank is that rank's own.
 */
export function isOnAllRanks(trainer: Trainer, error: unknown): boolean {
  if (trainer.worldSize === 1 || error instanceof InterruptionError) return true;
  trainer.warn("failure of one rank", "A rank that fails writes no checkpoint: the others would have to take part.");
  return false;
}

async function lead<TState>(
  trainer: Trainer,
  { stateKey, state }: Led<TState>,
  decide: () => void | Promise<void>,
): Promise<void> {
  try {
    await decide();
  } catch (error) {
    // The others may have failed too, and then nobody listens. What happened here first is what has to be told.
    await give<TState>(trainer, stateKey, { kind: "failed", message: String(error) }).catch(() => undefined);
    throw error;
  }
  await give(trainer, stateKey, { kind: "done", state: state() });
}

async function follow<TState>(trainer: Trainer, { stateKey, takeState }: Led<TState>): Promise<void> {
  const idle: Order<TState> = { kind: "failed", message: "" };
  for (;;) {
    const order = await give<TState>(trainer, stateKey, idle);
    switch (order.kind) {
      case "save":
        await trainer.saveCheckpoint(order.path, { weightsOnly: order.weightsOnly });
        break;
      case "done":
        return takeState(order.state);
      case "failed":
        throw new Error(`Rank 0 wrote no checkpoint: ${order.message}`);
      default:
        return order satisfies never;
    }
  }
}

/** @returns the order of rank 0, on every rank */
function give<TState>(trainer: Trainer, stateKey: string, order: Order<TState>): Promise<Order<TState>> {
  return trainer.strategy.broadcast(order, 0, `${stateKey} at global step ${trainer.globalStep}`);
}
