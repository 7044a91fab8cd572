import { DataLoader, lendBatches, TensorDataset, tf, toDevice } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";
import type { DataloaderIterator } from "../../words/dataloader-iterator.js";

type HostBatch = [tf.TensorBuffer<tf.Rank.R2>];

const WIDTH = 5000;
const features = tf.buffer<tf.Rank.R2>([6, WIDTH], "float32");
features.values.forEach((_, index) => (features.values[index] = Math.floor(index / WIDTH)));
const makeLoader = () => new DataLoader(new TensorDataset(features));
const ALL = [0, 1, 2, 3, 4, 5];

/** Predicts what number the batch's row has. */
class Rows extends LightningModule {
  readonly kept: HostBatch[] = [];
  override predictStep([x]: [tf.Tensor2D]): tf.Tensor {
    return tf.max(x);
  }
}

async function predicted(module: LightningModule, source: AsyncIterable<unknown>): Promise<unknown> {
  const outputs = await quietTrainer().predict(module, source);
  return [outputs].flat(2).map((output) => (output instanceof tf.Tensor ? output.dataSync()[0] : output));
}

const rowsOf = (batches: readonly HostBatch[]) => batches.map(([{ values }]) => [values[0], values[WIDTH - 1]]);

it("batches that went to the device leave their memory to the next ones", async () => {
  const loader = makeLoader();
  const buffers = new Set<unknown>();
  const batches = lendBatches(loader);
  const next = batches.next.bind(batches);
  const watched = { [Symbol.asyncIterator]: () => batches };
  batches.next = async () => {
    const result = await next();
    if (result.done !== true) buffers.add(result.value[0].values.buffer);
    return result;
  };
  expect(await predicted(new Rows(), watched)).toEqual(ALL);
  const { backend } = tf.engine();
  expect(buffers.size).toBe("reserve" in backend ? 1 : ALL.length);
});

it("a hook before the move keeps what it has seen", async () => {
  class Before extends Rows {
    override onBeforeBatchTransfer(batch: HostBatch) {
      this.kept.push(batch);
      return batch;
    }
  }
  const module = new Before();
  expect(await predicted(module, makeLoader())).toEqual(ALL);
  expect(rowsOf(module.kept)).toEqual(ALL.map((row) => [row, row]));
});

it("a hook that moves keeps what it has seen, in a module and in a data module", async () => {
  class Moves extends Rows {
    override transferBatchToDevice(batch: HostBatch) {
      this.kept.push(batch);
      return super.transferBatchToDevice(batch, this.device, 0);
    }
  }
  const module = new Moves();
  expect(await predicted(module, makeLoader())).toEqual(ALL);
  expect(rowsOf(module.kept)).toEqual(ALL.map((row) => [row, row]));
  const kept: HostBatch[] = [];
  class Data extends LightningDataModule {
    override predictDataloader() {
      return makeLoader();
    }
    override onBeforeBatchTransfer(batch: HostBatch) {
      kept.push(batch);
      return batch;
    }
  }
  await quietTrainer().predict(new Rows(), { datamodule: new Data() });
  expect(rowsOf(kept)).toEqual(ALL.map((row) => [row, row]));
});

it("a step that takes its batches itself keeps them, also after it has moved them", async () => {
  class Takes extends LightningModule {
    readonly kept: HostBatch[] = [];
    override async predictStep(dataloaderIter: DataloaderIterator<HostBatch>) {
      const { value } = await dataloaderIter.next();
      if (value === undefined) return undefined;
      this.kept.push(value[0]);
      return tf.max(toDevice(value[0])[0]);
    }
  }
  const module = new Takes();
  await quietTrainer().predict(module, makeLoader());
  expect(rowsOf(module.kept)).toEqual(ALL.map((row) => [row, row]));
});

it("a source that somebody makes of a loader keeps its batches, epoch after epoch", async () => {
  const cache: HostBatch[] = [];
  const cached = {
    async *[Symbol.asyncIterator](): AsyncGenerator<HostBatch> {
      if (cache.length > 0) yield* cache;
      else
        for await (const batch of makeLoader()) {
          cache.push(batch);
          yield batch;
        }
    },
  };
  expect(await predicted(new Rows(), cached)).toEqual(ALL);
  expect(await predicted(new Rows(), cached)).toEqual(ALL);
});
