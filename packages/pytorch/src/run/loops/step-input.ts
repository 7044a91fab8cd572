import { MisconfigurationError } from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import type { Steps } from "../../door/steps.js";
import type { DataloaderIterator, IteratedBatch } from "../../words/dataloader-iterator.js";
import { BATCH_TO_DEVICE } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import type { Session } from "../session/session.js";

type StepName = LightningModule["iteratorSteps"][number];

/** What a step is called with, and what the hooks around it are. */
export interface StepInput {
  /** For hooks: on the device, but on the host where the step moves its batches itself. */
  readonly batch: unknown;
  /** The batch, or an iterator over it and those that follow. */
  readonly input: unknown;
  readonly isIterator: boolean;
}

/** Takes the batch that was fetched to where the step wants it. */
export function* inputOfStep(session: Session, step: StepName, fetcher: BatchFetcher): Steps<StepInput> {
  const { connection, module, transfer } = session;
  if (!takesIterator(module, step)) {
    const move = () => transfer.move(fetcher.batch, fetcher.dataloaderIdx);
    const batch = yield* timed(session, BATCH_TO_DEVICE, "transfer", move);
    if (transfer.isUnseen) fetcher.giveBack();
    return { batch, input: batch, isIterator: false };
  }
  if (connection.strategy.worldSize > 1)
    throw new MisconfigurationError({
      message: `${step} takes an iterator, and several processes cannot agree on how many batches it will take.`,
      tryThis: "a step that takes a batch, or one device.",
    });
  return { batch: fetcher.batch, input: new BatchesOfStep(fetcher), isIterator: true };
}

const known = new WeakMap<object, boolean>();

/** Whether a step takes an iterator over batches. */
export function takesIterator(module: LightningModule, step: StepName): boolean {
  if (module.iteratorSteps.includes(step)) return true;
  const method: object = module[step];
  let isNamed = known.get(method);
  if (isNamed === undefined) known.set(method, (isNamed = namesIterator(Function.prototype.toString.call(method))));
  return isNamed;
}

/** Whether the first parameter has this name, in all the ways that a function is written. */
function namesIterator(code: string): boolean {
  return /^(?:async\b\s*)?(?:function\b\s*)?\*?\s*[\w$]*\s*\(?\s*(?:dataloaderIter|dataloader_iter)\b/.test(code);
}

/** The batch that was fetched, and then as many more as a step takes. */
class BatchesOfStep implements DataloaderIterator {
  readonly #fetcher: BatchFetcher;
  #isFirst = true;

  constructor(fetcher: BatchFetcher) {
    this.#fetcher = fetcher;
  }

  async next(): Promise<IteratorResult<IteratedBatch<unknown>, undefined>> {
    const isThere = this.#isFirst || (await this.#fetcher.next());
    this.#isFirst = false;
    if (!isThere) return { done: true, value: undefined };
    const { batch, batchIdx, dataloaderIdx } = this.#fetcher;
    return { done: false, value: [batch, batchIdx, dataloaderIdx] };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
