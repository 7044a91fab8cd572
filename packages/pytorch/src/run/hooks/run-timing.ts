import { classNameOf } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { CallTiming } from "../../door/call-timing.js";
import type { UserCall } from "../../door/user-call.js";
import type { Profiler } from "../../profilers/profiler.js";
import type { StepPart } from "../../profilers/step-part.js";

/** Methods that are no hook: what they are a part of. All others of module and data module are hooks. */
const PARTS: Readonly<Record<string, StepPart>> = {
  trainingStep: "recording",
  validationStep: "recording",
  testStep: "recording",
  predictStep: "recording",
  backward: "recording",
  onBeforeBatchTransfer: "transfer",
  transferBatchToDevice: "transfer",
  onAfterBatchTransfer: "transfer",
  optimizerZeroGrad: "update",
  optimizerStep: "update",
  lrSchedulerStep: "update",
  configureGradientClipping: "update",
};

interface NamedCall {
  readonly action: string;
  readonly part: StepPart;
}

/**
 * Tells the profiler of a run what the run does. What is begun a second time while it goes on, as two saves at once, is
 * told once: profilers know actions by their names.
 */
export class RunTiming implements CallTiming {
  readonly #profiler: Profiler;
  readonly #open = new Set<string>();
  readonly #calls = new WeakMap<object, Map<string, NamedCall>>();

  constructor(profiler: Profiler) {
    this.#profiler = profiler;
  }

  /** @returns whether it is timed; then it has to end */
  begin(action: string, part: StepPart): boolean {
    if (this.#open.has(action)) return false;
    this.#profiler.start(action, part);
    this.#open.add(action);
    return true;
  }

  end(action: string): void {
    this.#open.delete(action);
    this.#profiler.stop(action);
  }

  beginCall({ owner, method }: UserCall): string | undefined {
    if (owner === this.#profiler) return undefined;
    const { action, part } = this.#named(owner, method);
    return this.begin(action, part) ? action : undefined;
  }

  #named(owner: object, method: string): NamedCall {
    let ofOwner = this.#calls.get(owner);
    if (ofOwner === undefined) this.#calls.set(owner, (ofOwner = new Map()));
    let named = ofOwner.get(method);
    if (named === undefined) ofOwner.set(method, (named = nameCall(owner, method)));
    return named;
  }
}

function nameCall(owner: object, method: string): NamedCall {
  const name = `${classNameOf(owner)}.${method}`;
  if (owner instanceof Callback) return { action: `[Callback]${name}`, part: "callbacks" };
  if (owner instanceof LightningDataModule)
    return { action: `[LightningDataModule]${name}`, part: PARTS[method] ?? "hooks" };
  if (owner instanceof LightningModule) return { action: `[LightningModule]${name}`, part: PARTS[method] ?? "hooks" };
  return { action: name, part: "logging" };
}
