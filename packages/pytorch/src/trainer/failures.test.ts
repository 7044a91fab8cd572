import { DataLoader, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { HookError } from "../errors/hook-error.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "./trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const loader = (batches = 2) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, ...options });
}

const failureOf = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a failed run", () => {
  it("names the batch that a hook after the batch belongs to", async () => {
    class Fails extends BoringModel {
      override onTrainBatchEnd(_outputs: unknown, _batch: BoringBatch, batchIdx: number): void {
        if (batchIdx === 1) throw new Error("boom");
      }
    }
    expect(String(await failureOf(makeTrainer().fit(new Fails(), loader(3))))).toContain(
      "Fails.onTrainBatchEnd failed at epoch 0, batch 1 (global step 2): boom",
    );
  });

  it("calls teardown once, also when teardown is what fails", async () => {
    let calls = 0;
    class Fails extends BoringModel {
      override teardown(): void {
        calls += 1;
        throw new Error("boom");
      }
    }
    const error = await failureOf(makeTrainer().fit(new Fails(), loader()));
    expect(error).toBeInstanceOf(HookError);
    expect(calls).toBe(1);
  });

  it("in configureCallbacks leaves the Trainer usable", async () => {
    class Fails extends BoringModel {
      override configureCallbacks(): never {
        throw new Error("boom");
      }
    }
    const trainer = makeTrainer();
    expect(String(await failureOf(trainer.fit(new Fails(), loader())))).toContain("Fails.configureCallbacks failed");
    expect((await trainer.fit(new BoringModel(), loader())).status).toBe("finished");
  });

  it("says where the device failed, and the next run does not hear of it", async () => {
    class Looks extends LightningModule<[rows: tf.Tensor1D]> {
      readonly table = new nn.Embedding(3, 2);
      override trainingStep([rows]: [rows: tf.Tensor1D]) {
        return this.table.forward(rows).mean();
      }
      override configureOptimizers() {
        return new optim.SGD(this.parameters(), { lr: 0.1 });
      }
    }
    const rows = (row: number) => new DataLoader(new TensorDataset(new Int32Array(8).fill(row)), { batchSize: 2 });
    const options: TrainerOptions = { accelerator: cpu({ backend: "onnxruntime" }) };
    const error = await failureOf(makeTrainer(options).fit(new Looks(), rows(7)));
    expect(String(error)).toMatch(/at epoch 0, batch \d/);
    expect((await makeTrainer(options).fit(new Looks(), rows(1))).steps).toBe(4);
  });

  it("with a step's result that refers to itself still says what is wrong", async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    class Fails extends BoringModel {
      override trainingStep() {
        return { los: tf.scalar(1), circular } as object as { loss: tf.Tensor };
      }
    }
    expect(String(await failureOf(makeTrainer().fit(new Fails(), loader())))).toMatch(
      /without a loss.*Received \{ los: a tensor of shape \[\], circular: \{ self: \{ … \} \} \}/,
    );
  });
});

describe("a run whose signal is aborted already", () => {
  it("does nothing", async () => {
    const result = await makeTrainer().fit(new BoringModel(), loader(), undefined, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: "interrupted", steps: 0 });
  });
});

describe("toggling an optimizer twice", () => {
  it("still restores what could be trained before", async () => {
    const flags: boolean[] = [];
    class Toggles extends BoringModel {
      override automaticOptimization = false;
      readonly second = new nn.Linear(2, 2);
      override trainingStep() {
        const [first] = this.optimizers();
        if (first === undefined) return;
        this.toggleOptimizer(first);
        this.toggleOptimizer(first);
        flags.push(this.second.weight.trainable);
        this.untoggleOptimizer(first);
        flags.push(this.second.weight.trainable);
      }
      override configureOptimizers() {
        return [
          new optim.SGD(this.layer.parameters(), { lr: 0.1 }),
          new optim.SGD(this.second.parameters(), { lr: 0.1 }),
        ];
      }
    }
    await makeTrainer().fit(new Toggles(), loader(1));
    expect(flags).toEqual([false, true]);
  });
});
