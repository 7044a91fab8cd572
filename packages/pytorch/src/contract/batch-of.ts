import type { DataloaderIterator } from "../words/dataloader-iterator.js";

/** The batch that the steps of a module take, on the device. */
export type BatchOf<TModule> = TModule extends { trainingStep(batch: infer TBatch, batchIdx: number): unknown }
  ? TBatch extends DataloaderIterator<infer TIterated>
    ? TIterated
    : TBatch
  : unknown;

/** What `trainer.predict` gives for a batch: what `predictStep` returns, which is `forward`'s result by default. */
export type PredictionOf<TModule> = TModule extends { predictStep(...args: never[]): infer TPrediction }
  ? unknown extends Awaited<TPrediction>
    ? ForwardOf<TModule>
    : Awaited<TPrediction>
  : unknown;

type ForwardOf<TModule> = TModule extends { forward(...inputs: never[]): infer TOutput } ? Awaited<TOutput> : unknown;
