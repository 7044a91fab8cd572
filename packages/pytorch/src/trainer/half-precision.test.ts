import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

type Batch = readonly [tf.Tensor2D, tf.Tensor2D];

class LitNet extends LightningModule<Batch> {
  readonly net = new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.Tanh(), new nn.Linear(8, 1));
  readonly values: number[][] = [];

  override async trainingStep([x, y]: Batch) {
    const prediction = this.net.forward(x);
    const loss = F.mseLoss(prediction, y);
    this.log("loss", loss, { onEpoch: true });
    for (const tensor of [x, y, prediction, loss]) this.values.push([...(await tensor.data())]);
    return loss;
  }
  override validationStep([x, y]: Batch) {
    this.log("val_loss", F.mseLoss(this.net.forward(x), y));
  }
  override configureOptimizers() {
    return new optim.AdamW(this.parameters(), { lr: 0.01, eps: 1e-3 });
  }
}

const files = new MemoryFiles();
const data = () => {
  const x = tf.buffer<tf.Rank.R2>(
    [32, 4],
    "float32",
    Float32Array.from({ length: 128 }, (_, i) => Math.sin(1.7 * i)),
  );
  const y = tf.buffer<tf.Rank.R2>(
    [32, 1],
    "float32",
    Float32Array.from({ length: 32 }, (_, i) => Math.cos(6.8 * i)),
  );
  return new DataLoader(new TensorDataset(x, y), { batchSize: 4 });
};
const trainerOf = (options: TrainerOptions) =>
  quietTrainer({ accelerator: cpu({ backend: "onnxruntime" }), ports: { files }, ...options });

const isBfloat16 = (values: ArrayLike<number>): boolean =>
  new Uint32Array(Float32Array.from(values).buffer).every((bits) => (bits & 0xffff) === 0);
const weightsOf = (module: LitNet): number[][] => [...module.stateDict().values()].map((t) => [...t.dataSync()]);

describe('precision: "bf16-true" of the Trainer', () => {
  it("gives batches, results and weights numbers of the format, over windows and with clipping", async () => {
    seedEverything(3);
    const module = new LitNet();
    const trainer = trainerOf({
      precision: "bf16-true",
      maxEpochs: 2,
      accumulateGradBatches: 2,
      gradientClipVal: 0.1,
      limitValBatches: 2,
    });
    await trainer.fit(module, data(), data());
    expect(module.values).toHaveLength(2 * 8 * 4);
    expect(module.values.filter((values) => !isBfloat16(values))).toEqual([]);
    expect(weightsOf(module).filter((values) => !isBfloat16(values))).toEqual([]);
    expect(trainer.globalStep).toBe(8);
    expect(trainer.precision).toBe("bf16-true");
    const losses = module.values.flatMap((values, i) => (i % 4 === 3 ? values : []));
    // The mean over the epoch is that of a float32 sum.
    const mean = losses.slice(8).reduce((sum, loss) => sum + loss, 0) / 8;
    expect(Number(trainer.callbackMetrics["loss_epoch"])).toBeCloseTo(mean, 6);
    expect(mean).toBeLessThan(losses.slice(0, 8).reduce((sum, loss) => sum + loss, 0) / 8);
  });

  it("resumes with the same bits", async () => {
    const start = weightsOf(new LitNet());
    const make = (): LitNet => {
      const module = new LitNet();
      [...module.stateDict().values()].forEach((tensor, i) => {
        if (tensor instanceof nn.Parameter) tensor.setData(start[i] ?? []);
      });
      return module;
    };
    const whole = make();
    await trainerOf({ precision: "bf16-true", maxEpochs: 2 }).fit(whole, data());
    const first = trainerOf({ precision: "bf16-true", maxEpochs: 1, maxSteps: 5 });
    await first.fit(make(), data());
    await first.saveCheckpoint("/run/half.ckpt");
    const resumed = make();
    await trainerOf({ precision: "bf16-true", maxEpochs: 2 }).fit(resumed, data(), { ckptPath: "/run/half.ckpt" });
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
  });

  it("rounds what a float32 checkpoint holds, in an evaluation too", async () => {
    const full = trainerOf({ maxSteps: 3, maxEpochs: 1 });
    const trained = new LitNet();
    await full.fit(trained, data());
    await full.saveCheckpoint("/run/full.ckpt");
    expect(weightsOf(trained).every((values) => isBfloat16(values))).toBe(false);
    for (const stage of ["validate", "fit"] as const) {
      const module = new LitNet();
      const trainer = trainerOf({ precision: "bf16-true", maxEpochs: 1 });
      if (stage === "validate") await trainer.validate(module, data(), { ckptPath: "/run/full.ckpt" });
      else await trainer.fit(module, data(), { ckptPath: "/run/full.ckpt" });
      expect(weightsOf(module).filter((values) => !isBfloat16(values))).toEqual([]);
    }
  });

  it("is refused by a backend that lacks it", async () => {
    const trainer = trainerOf({ accelerator: cpu({ backend: "cpu" }), precision: "16-true", maxEpochs: 1 });
    await expect(trainer.fit(new LitNet(), data())).rejects.toThrow(/"cpu" does not compute in precision "16-true"/);
  });
});
