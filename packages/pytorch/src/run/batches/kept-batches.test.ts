import { DataLoader, TensorDataset, tf, toDevice, type OnDevice } from "@lightning-ts/core";
import { cpu, Fabric, SingleDeviceStrategy } from "@lightning-ts/fabric";
import { expect, it } from "vitest";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
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

/** On the embedded engine, which copies batches, so that their memory is used again. */
const onEngine = (options: TrainerOptions = {}) =>
  quietTrainer({ accelerator: cpu({ backend: "onnxruntime" }), ...options });

async function predicted(
  module: LightningModule,
  source: AsyncIterable<unknown>,
  options: TrainerOptions = {},
): Promise<unknown> {
  const outputs = await onEngine(options).predict(module, source);
  return [outputs].flat(2).map((output) => (output instanceof tf.Tensor ? output.dataSync()[0] : output));
}

async function* inTurn(batches: readonly HostBatch[]): AsyncGenerator<HostBatch> {
  yield* batches;
}

const rowsOf = (batches: readonly HostBatch[]) => batches.map(([{ values }]) => [values[0], values[WIDTH - 1]]);

it("batches that went to the device leave their memory to the next ones", async () => {
  const buffers = new Set<unknown>();
  class Watching extends SingleDeviceStrategy {
    override toDevice<TBatch>(batch: TBatch): OnDevice<TBatch> {
      const [column]: unknown[] = Object.values(Object(batch));
      if (column instanceof tf.TensorBuffer) buffers.add(column.values.buffer);
      return super.toDevice(batch);
    }
  }
  expect(await predicted(new Rows(), makeLoader(), { strategy: new Watching() })).toEqual(ALL);
  expect(buffers.size).toBe(1);
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
  await onEngine().predict(new Rows(), { datamodule: new Data() });
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
  await onEngine().predict(module, makeLoader());
  expect(rowsOf(module.kept)).toEqual(ALL.map((row) => [row, row]));
});

it("who has seen a batch keeps it, also when another run moves the same batch", async () => {
  class Twice extends Rows {
    override onBeforeBatchTransfer(batch: HostBatch) {
      this.kept.push(batch);
      return batch;
    }
    override async onPredictBatchEnd(_: unknown, __: unknown, batchIdx: number) {
      const kept = this.kept.slice();
      const source = { [Symbol.asyncIterator]: () => inTurn(kept) };
      expect(await predicted(new Rows(), source)).toEqual(ALL.slice(0, batchIdx + 1));
    }
  }
  const module = new Twice();
  expect(await predicted(module, makeLoader())).toEqual(ALL);
  expect(rowsOf(module.kept)).toEqual(ALL.map((row) => [row, row]));
});

it("a loop over a set-up loader keeps batches that were not moved, also when another one moves them", async () => {
  const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime" }) });
  await fabric.launch();
  const onHost = fabric.setupDataloaders(makeLoader(), { moveToDevice: false });
  const kept: unknown[] = [];
  const passedOn = async function* () {
    for await (const batch of onHost) {
      kept.push(batch);
      yield batch;
    }
  };
  const found: unknown[] = [];
  for await (const batch of fabric.setupDataloaders(passedOn())) found.push(tf.max(Object(batch)[0]).dataSync()[0]);
  await fabric.close();
  expect(found).toEqual(ALL);
  expect(kept.map((batch) => Object(batch)[0].values[0])).toEqual(ALL);
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
