import { LightningError } from "@lightning-ts/core";
import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";

/** A hook of the user's module, data module or callback threw. `cause` is what it threw. */
export class HookError extends LightningError {
  /** E.g. `"LitMnist.trainingStep"`. */
  readonly hook: string;
  /** Where the run was, e.g. `"epoch 2, batch 17 (global step 145)"`. */
  readonly position: string;

  constructor(options: {
    readonly hook: string;
    readonly position: string;
    readonly cause: unknown;
    readonly batch?: unknown;
  }) {
    const { hook, position, cause } = options;
    const happened = `${hook} failed at ${position}: ${messageOf(cause)}`;
    const message =
      options.batch === undefined ? happened : `${asSentence(happened)} The batch was ${describeBatch(options.batch)}.`;
    super({ code: "LIT_HOOK_FAILED", message, cause });
    this.hook = hook;
    this.position = position;
  }
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The form of a batch: dtypes and shapes in place of the tensors. */
function describeBatch(batch: unknown): string {
  if (batch instanceof Tensor || batch instanceof TensorBuffer) return `${batch.dtype} [${batch.shape.join(", ")}]`;
  if (Array.isArray(batch))
    return `[${batch.slice(0, 8).map(describeBatch).join(", ")}${batch.length > 8 ? ", …" : ""}]`;
  if (ArrayBuffer.isView(batch)) return batch.constructor.name;
  if (typeof batch !== "object" || batch === null) return typeof batch;
  const parts = Object.entries(batch).slice(0, 8);
  return `{ ${parts.map(([name, value]) => `${name}: ${describeBatch(value)}`).join(", ")} }`;
}
