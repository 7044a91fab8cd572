import { classNameOf, MisconfigurationError } from "@lightning-ts/core";
import { BasePredictionWriter } from "../../callbacks/predictions/base-prediction-writer.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import type { RecordedIndices } from "../../data/recorded-indices.js";
import type { Session } from "../session/session.js";
import { NOTHING_PREDICTED } from "../state/fit-state.js";
import { takesIterator } from "./step-input.js";

/** What a prediction keeps for callbacks that write it; nothing where there are none. */
export class PredictionWriting {
  /** Whether a callback writes all predictions together. */
  readonly needsAll: boolean;
  /** Gets who remembers the items of batches, for each loader that knows them; undefined where nobody asks. */
  readonly indices: Map<number, RecordedIndices> | undefined;
  readonly #session: Session;
  readonly #predictions: readonly (readonly unknown[])[];
  readonly #batchIndices: (readonly number[])[][];

  constructor(session: Session, predictions: readonly (readonly unknown[])[]) {
    const writers = session.trainer.callbacks.filter((callback) => callback instanceof BasePredictionWriter);
    const [writer] = writers;
    if (writer !== undefined && takesIterator(session.module, "predictStep"))
      throw new MisconfigurationError({
        message: `${classNameOf(writer)} cannot write predictions of a predictStep that takes an iterator: nobody knows how many batches it takes.`,
        tryThis: "a predictStep that takes a batch.",
      });
    this.needsAll = writers.some(({ interval }) => interval !== "batch");
    this.indices = writers.length === 0 ? undefined : new Map();
    this.#session = session;
    this.#predictions = predictions;
    this.#batchIndices = predictions.map(() => []);
  }

  /** Looks up which items the batch has that was fetched. */
  beginBatch({ batchIdx, dataloaderIdx }: BatchFetcher): void {
    if (this.indices === undefined) return;
    const { messages, state } = this.#session;
    const currentBatchIndices = this.indices.get(dataloaderIdx)?.of(batchIdx);
    if (currentBatchIndices === undefined)
      messages.warn(
        `items of loader ${dataloaderIdx}`,
        `Nobody knows which items the batches of predict loader ${dataloaderIdx} have: it is no DataLoader of a dataset that is read by index. batchIndices are missing.`,
      );
    else if (this.needsAll) this.#batchIndices[dataloaderIdx]?.push(currentBatchIndices);
    state.predicted = { predictions: this.#predictions, batchIndices: this.#batchIndices, currentBatchIndices };
  }

  end(): void {
    this.#session.state.predicted = NOTHING_PREDICTED;
  }
}
