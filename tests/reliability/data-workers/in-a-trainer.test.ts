import * as L from "lightning-ts";
import { setThreads, type LoaderOptions } from "lightning-ts/core";
import { nodeThreads } from "lightning-ts/fabric/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundleWorkers } from "./bundle-workers.js";
import { NoisySquares, setModule } from "./datasets.js";

type Batch = { square: L.tf.Tensor1D };

class Squares extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(1, 1);
  readonly seen: number[] = [];

  override trainingStep({ square }: Batch) {
    this.seen.push(...square.dataSync());
    return this.layer
      .forward(square.div(100).reshape([-1, 1]))
      .square()
      .mean();
  }
  override validationStep({ square }: Batch): void {
    this.seen.push(...square.neg().dataSync());
  }
  override configureOptimizers() {
    return new L.optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

let running = 0;
let most = 0;

beforeAll(async () => {
  const { worker, datasets } = await bundleWorkers();
  setModule(datasets);
  const threads = nodeThreads({ entry: worker, execArgv: [] });
  setThreads({
    ...threads,
    startDataWorker(modules, listener) {
      running += 1;
      most = Math.max(most, running);
      const thread = threads.startDataWorker<unknown, never>(modules, listener);
      return {
        ...thread,
        async stop() {
          await thread.stop();
          running -= 1;
        },
      };
    },
  });
});
afterAll(() => setThreads(nodeThreads()));

async function seen(numWorkers: number, options: LoaderOptions = {}): Promise<number[]> {
  const loader = (batchSize: number, shuffle: boolean) =>
    new L.DataLoader(new NoisySquares(7), { batchSize, shuffle, seed: 2, numWorkers, ...options });
  const module = new Squares();
  const trainer = new L.Trainer({
    maxEpochs: 2,
    accelerator: L.cpu({ backend: "cpu" }),
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
  });
  await trainer.fit(module, loader(2, true), loader(3, false));
  return module.seen;
}

it("a fit sees the same batches with workers as without, and ends the workers", async () => {
  const without = await seen(0);
  expect(without).toHaveLength(7 * 2 * 2 + 6);
  for (const persistentWorkers of [false, true]) {
    most = 0;
    expect(await seen(2, { persistentWorkers })).toEqual(without);
    expect({ running, most }).toEqual({ running: 0, most: 4 });
  }
});
