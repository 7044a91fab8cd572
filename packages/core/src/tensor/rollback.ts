import { rollbackOfBackend } from "./engine-internals/rollback-of-backend.js";

/**
 * Lets state on the host (the number of a step, a learning rate, the position of a random stream) share the fate of
 * what is computed. A backend that computes later, such as `onnxruntime`, finds out late that something cannot be
 * computed (a label out of range, say); it then takes back everything that was started with it: variables, optimizer
 * state, and what was remembered here. On other backends nothing is to be taken back, and nothing is done. Call it
 * before the change.
 * @param owner whose state it is; the first snapshot of an owner counts until the next run starts
 * @param snapshot remembers the state and returns what puts it back; called only where that can become necessary
 * @param options.belongsTo whether the change belongs to what was recorded `"before"` it, or to what comes `"next"`.
 *   @default "before"
 */
export function rememberForRollback(
  owner: object,
  snapshot: () => () => void,
  options: { readonly belongsTo?: "before" | "next" | undefined } = {},
): void {
  rollbackOfBackend()?.remember(owner, snapshot, options.belongsTo ?? "before");
}
