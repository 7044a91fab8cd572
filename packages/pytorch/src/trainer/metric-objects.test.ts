import { F, Metric, nn, optim, tf } from "@lightning-ts/core";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { Callback } from "../contract/callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { Accuracy, loader, Net, quietOptions, ROWS, SlowAccuracy, type Batch } from "./metric-objects-under-test.js";
import { Trainer } from "./trainer.js";

function setup(options: TrainerOptions = {}, backend = "cpu") {
  const files = new MemoryFiles();
  const terminal = new FakeTerminal();
  const trainer = new Trainer({ ...quietOptions(backend), ports: { files, terminal }, ...options });
  return { trainer, files, terminal };
}

class Keep extends Callback {
  readonly seen: Record<string, number>[] = [];
  override onTrainEpochEnd(trainer: Trainer): void {
    this.seen.push({ ...trainer.callbackMetrics });
  }
}

describe.each(["cpu", "onnxruntime"])("metric objects on %s", (backend) => {
  it("are computed and reset by the Trainer, epoch by epoch", async () => {
    const keep = new Keep();
    const { trainer } = setup({ callbacks: [keep] }, backend);
    const model = new Net();
    await trainer.fit(model, loader(), loader());
    expect(keep.seen.map((metrics) => Object.keys(metrics).sort())).toEqual([
      ["acc", "acc_epoch", "acc_step", "val_acc"],
      ["acc", "acc_epoch", "acc_step", "val_acc"],
    ]);
    const [, last] = keep.seen;
    const x = loader(ROWS);
    for await (const [batch, labels] of x) {
      const logits = tf.tidy(() =>
        model
          .forward(tf.tensor((batch as unknown as tf.TensorBuffer<tf.Rank.R2>).values, [ROWS, 4]))
          .argMax(1)
          .dataSync(),
      );
      const hits = [...(labels as unknown as tf.TensorBuffer<tf.Rank.R1>).values].filter(
        (label, i) => label === logits[i],
      );
      expect(last?.["val_acc"]).toBeCloseTo(hits.length / ROWS, 5);
    }
    expect([model.trainAcc.updateCount, model.valAcc.updateCount]).toEqual([0, 0]);
  });

  it("leave no tensor behind after a run", async () => {
    const { trainer } = setup({}, backend);
    const model = new Net();
    await trainer.fit(model, loader(), loader());
    const before = tf.memory().numTensors;
    await trainer.fit(model, loader(), loader());
    expect(tf.memory().numTensors).toBe(before);
  });

  it("may be updated and called asynchronously, in steps that wait, and leave no tensor behind either", async () => {
    class Later extends Metric {
      readonly correct = this.addState("correct", { reduce: "sum" });
      readonly seen = this.addState("seen", { reduce: "sum" });

      override compute(): tf.Tensor {
        return tf.div(this.correct, this.seen);
      }
      override async update(logits: tf.Tensor, labels: tf.Tensor): Promise<void> {
        const hits = tf.equal(tf.argMax(logits, 1), tf.cast(labels, "int32"));
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.correct.assign(tf.add(this.correct, tf.sum(tf.cast(hits, "float32"))));
        this.seen.assign(tf.add(this.seen, labels.size));
      }
    }
    class Waits extends LightningModule<Batch> {
      readonly layer = new nn.Linear(4, 3);
      readonly acc = new Accuracy();
      readonly later = new Later();
      readonly valAcc = new Accuracy();
      readonly valLater = new Later();
      override async trainingStep([x, y]: Batch): Promise<tf.Tensor> {
        const logits = this.layer.forward(x);
        const value = await this.later.forward(logits, y);
        this.acc.forward(logits, y);
        this.logDict({ later: this.later, acc: this.acc }, { onStep: true, onEpoch: true });
        this.log("value", value);
        return F.crossEntropy(logits, y);
      }
      override async validationStep([x, y]: Batch): Promise<void> {
        const logits = this.layer.forward(x);
        await this.valLater.update(logits, y);
        this.valAcc.update(logits, y);
        this.logDict({ val_later: this.valLater, val_acc: this.valAcc });
      }
      override configureOptimizers() {
        return new optim.SGD(this.parameters(), { lr: 0.1 });
      }
    }
    const { trainer } = setup({}, backend);
    const model = new Waits();
    await trainer.fit(model, loader(), loader());
    const before = tf.memory().numTensors;
    await trainer.fit(model, loader(), loader());
    expect(tf.memory().numTensors).toBe(before);
    const { acc_epoch, later_epoch, val_acc, val_later, value, later_step } = trainer.callbackMetrics;
    expect(later_epoch).toBe(acc_epoch);
    expect(val_later).toBe(val_acc);
    expect(value).toBe(later_step);
  });

  it("go on in a resumed run as if nothing had happened, from any point of an epoch", async () => {
    class Save extends Callback {
      readonly paths: string[] = [];
      async #save(trainer: Trainer, when: string) {
        const path = `/${when}-${this.paths.length}.ckpt`;
        this.paths.push(path);
        await trainer.saveCheckpoint(path);
      }
      override onTrainBatchEnd(trainer: Trainer) {
        return this.#save(trainer, "batch");
      }
      override async onValidationEnd(trainer: Trainer) {
        if (!trainer.sanityChecking) await this.#save(trainer, "validation");
      }
      override onTrainEpochEnd(trainer: Trainer) {
        return this.#save(trainer, "epoch");
      }
    }
    const save = new Save();
    const keep = new Keep();
    const options = { valCheckInterval: 3 };
    const { trainer, files } = setup({ ...options, callbacks: [keep, save] }, backend);
    await trainer.fit(new Net(), loader(), loader());
    const expected = trainer.callbackMetrics;
    expect(save.paths.length).toBe(2 * (6 + 2 + 1));
    for (const ckptPath of save.paths) {
      const { trainer: again, terminal } = setup(
        { ...options, ports: { files, terminal: new FakeTerminal() } },
        backend,
      );
      const model = new Net();
      await again.fit(model, loader(), loader(), { ckptPath });
      expect([ckptPath, again.callbackMetrics]).toEqual([ckptPath, expected]);
      expect(model.trainAcc.updateCount).toBe(0);
      expect(terminal.warnings.filter((text) => text.includes("metric"))).toEqual([]);
    }
  });
});

describe("metric objects", () => {
  it("may compute asynchronously, and what they gave at an epoch's end is there for the callbacks that monitor it", async () => {
    class Late extends Net {
      readonly slow = new SlowAccuracy();
      override trainingStep(batch: Batch): tf.Tensor {
        const loss = super.trainingStep(batch);
        this.slow.update(batch[0]);
        return loss;
      }
      override onTrainEpochEnd(): void {
        this.log("slow", this.slow);
      }
    }
    const { trainer } = setup({ maxEpochs: 5, callbacks: [new EarlyStopping({ monitor: "slow", patience: 1 })] });
    const result = await trainer.fit(new Late(), loader());
    expect(trainer.callbackMetrics["slow"]).toBe(ROWS * 4);
    expect(result.reason).toContain("slow");
    expect(trainer.currentEpoch).toBe(2);
  });

  it("are found in lists and dictionaries of modules, and by metricAttribute", async () => {
    class Several extends Net {
      readonly metrics = new nn.ModuleDict({ inner: new nn.ModuleList([new SlowAccuracy()]) });
      get #inner(): SlowAccuracy {
        return this.metrics.get("inner")?.children()[0] as SlowAccuracy;
      }
      override trainingStep(batch: Batch): tf.Tensor {
        this.#inner.update(batch[0]);
        this.log("a", this.#inner, { onStep: false, onEpoch: true });
        this.log("b", this.#inner, { onStep: false, onEpoch: true, metricAttribute: "metrics.inner.0" });
        this.logDict({ c: this.#inner, d: 1 }, { onStep: false, onEpoch: true, batchSize: 4 });
        return super.trainingStep(batch);
      }
    }
    const { trainer } = setup({ maxEpochs: 1 });
    await trainer.fit(new Several(), loader());
    expect(trainer.callbackMetrics).toMatchObject({ a: ROWS * 4, b: ROWS * 4, c: ROWS * 4, d: 1 });
  });

  it("can be logged by callbacks", async () => {
    class Logs extends Callback {
      override onTrainBatchEnd(_trainer: Trainer, module: LightningModule): void {
        if (module instanceof Net) this.log("from_callback", module.trainAcc, { onStep: false, onEpoch: true });
      }
    }
    const { trainer } = setup({ maxEpochs: 1, callbacks: [new Logs()] });
    await trainer.fit(new Net(), loader());
    expect(trainer.callbackMetrics["from_callback"]).toBe(trainer.callbackMetrics["acc_epoch"]);
  });

  it("start anew after a run that failed in the middle of an epoch", async () => {
    class Fails extends Net {
      fails = true;
      override onTrainBatchEnd(_outputs: unknown, _batch: Batch, batchIdx: number): void {
        if (this.fails && batchIdx === 3) throw new Error("as asked");
      }
    }
    const model = new Fails();
    const { trainer } = setup({ maxEpochs: 1 });
    await expect(trainer.fit(model, loader())).rejects.toThrow("as asked");
    expect(model.trainAcc.updateCount).toBe(0);
    model.fails = false;
    await trainer.fit(model, loader());
    expect(trainer.callbackMetrics["acc_epoch"]).toBeLessThanOrEqual(1);
  });
});

describe("mistakes with metric objects", () => {
  const run = async (step: (model: Net, batch: Batch) => void) => {
    class Wrong extends Net {
      override trainingStep(batch: Batch): tf.Tensor {
        step(this, batch);
        return F.crossEntropy(this.layer.forward(batch[0]), batch[1]);
      }
    }
    const { trainer, terminal } = setup({ maxEpochs: 1 });
    const error: unknown = await trainer.fit(new Wrong(), loader()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { message: error instanceof Error ? error.message : "", warnings: terminal.warnings };
  };
  const outside = new Accuracy();

  it.each<[name: string, step: (model: Net, batch: Batch) => void, message: string]>([
    [
      "never updated",
      (model) => model.log("a", model.valAcc, { onEpoch: true, onStep: false }),
      "valAcc was logged, but never updated",
    ],
    ["no attribute", (model) => model.log("a", outside), "is not an attribute of the module"],
    ["reduceFx", (model) => model.log("a", model.valAcc, { reduceFx: "sum" }), "reduceFx does not apply"],
    ["rankZeroOnly", (model) => model.log("a", model.valAcc, { rankZeroOnly: true }), "rank 0 cannot log it alone"],
    [
      "another's attribute",
      (model) => model.log("a", model.valAcc, { metricAttribute: "trainAcc" }),
      "attribute trainAcc is not the metric",
    ],
    [
      "an attribute for a number",
      (model) => model.log("a", 1, { metricAttribute: "trainAcc" }),
      "metricAttribute names a metric object",
    ],
    [
      "a number and a metric",
      (model) => {
        model.log("a", 1);
        model.log("a", model.valAcc);
      },
      "different kinds of values",
    ],
  ])("%s: an error says what to do", async (_, step, message) => {
    const result = await run(step);
    expect(result.message).toContain(message);
    expect(result.message).toContain("Try: ");
  });

  it("a metric that is updated, not called, has no values of steps: a warning says so, once", async () => {
    const { message, warnings } = await run((model, [x, y]) => {
      model.trainAcc.update(model.layer.forward(x), y);
      model.log("a", model.trainAcc);
    });
    expect(message).toBe("");
    expect(warnings.filter((text) => text.includes("trainAcc was not called before it"))).toHaveLength(1);
  });

  it("a metric without states is warned of where a checkpoint would have to keep what it has collected", async () => {
    class Plain extends Metric {
      total = 0;
      override update(value: number): void {
        this.total += value;
      }
      override compute(): tf.Tensor {
        return tf.scalar(this.total);
      }
    }
    class Sums extends Net {
      readonly sum = new Plain();
      override trainingStep(batch: Batch) {
        this.sum.update(1);
        this.log("sum", this.sum, { onStep: false, onEpoch: true });
        return super.trainingStep(batch);
      }
      override async onTrainBatchEnd() {
        await this.trainer.saveCheckpoint("/half.ckpt");
      }
    }
    const { trainer, terminal } = setup({ maxEpochs: 1 });
    await trainer.fit(new Sums(), loader());
    expect(terminal.warnings.filter((text) => text.includes("metric sum (Plain) has no states"))).toHaveLength(1);
  });

  it("one object for training and validation is warned of", async () => {
    class Shared extends Net {
      override validationStep([x, y]: Batch): void {
        this.trainAcc.update(this.layer.forward(x), y);
        this.log("val_acc", this.trainAcc);
      }
    }
    const { trainer, terminal } = setup({ maxEpochs: 1, valCheckInterval: 4 });
    await trainer.fit(new Shared(), loader(), loader());
    expect(terminal.warnings.join()).toContain("The metric trainAcc is logged in training and in validation");
    expect(terminal.warnings.join()).not.toContain("was reset in the middle");
  });

  it("a reset in a half-done epoch is warned of, in training and in validation, once for each metric", async () => {
    class Resets extends Net {
      override onTrainBatchEnd(_outputs: unknown, _batch: Batch, batchIdx: number): void {
        if (batchIdx === 3) this.trainAcc.reset();
      }
      override onValidationBatchEnd(_outputs: unknown, _batch: Batch, batchIdx: number): void {
        if (batchIdx === 2) this.valAcc.reset();
      }
      override onTrainEpochStart(): void {
        this.trainAcc.reset();
      }
    }
    const { trainer, terminal } = setup({ numSanityValSteps: 0 });
    await trainer.fit(new Resets(), loader(), loader());
    expect(terminal.warnings.filter((text) => text.includes("reset"))).toEqual([
      expect.stringContaining(
        'valAcc was reset in the middle of an epoch: log("val_acc") gives the value of 3 of the epoch\'s 6',
      ),
      expect.stringContaining(
        'trainAcc was reset in the middle of an epoch: log("acc") gives the value of 2 of the epoch\'s 6',
      ),
    ]);
  });

  it("what compute threw is named", async () => {
    class Broken extends Accuracy {
      override compute(): tf.Tensor {
        throw new Error("as asked");
      }
    }
    class Wrong extends Net {
      override readonly valAcc = new Broken();
    }
    const { trainer } = setup({ maxEpochs: 1, numSanityValSteps: 0 });
    await expect(trainer.fit(new Wrong(), loader(), loader())).rejects.toThrow("Broken.compute");
  });
});
