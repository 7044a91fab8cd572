import { DataLoader, tf } from "@lightning-ts/core";
import type { Logger } from "@lightning-ts/fabric";
import {
  BoringModel,
  FakeProcesses,
  FakeSignals,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
  type BoringBatch,
} from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { InterruptionError } from "../errors/interruption-error.js";
import { Trainer } from "./trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const loader = (batches = 4) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}, ports: TrainerOptions["ports"] = {}): Trainer {
  return quietTrainer({
    maxEpochs: 2,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal(), processes: new FakeProcesses(), ...ports },
    ...options,
  });
}

class Notes extends Callback {
  readonly notes: string[] = [];
  override onException(_trainer: Trainer, _module: unknown, error: unknown) {
    this.notes.push(`onException ${String(error)}`);
  }
  override teardown(_trainer: Trainer, _module: unknown, stage: string, error?: unknown) {
    this.notes.push(`teardown ${stage} ${String(error)}`);
  }
}

describe("a run that fails", () => {
  it("calls onException and then teardown with the error, and finalizes the loggers", async () => {
    const notes = new Notes();
    const statuses: string[] = [];
    const logger: Logger = {
      kind: "logger",
      name: "",
      version: 0,
      groupSeparator: "/",
      logHyperparams: () => undefined,
      open: () => Promise.resolve(),
      logMetrics: () => undefined,
      save: () => Promise.resolve(),
      finalize: (status) => Promise.resolve(void statuses.push(status)),
    };
    class Data extends LightningDataModule {
      override onException(error: unknown) {
        notes.notes.push(`data ${String(error)}`);
      }
    }
    class Fails extends BoringModel {
      override onTrainEpochEnd() {
        throw new TypeError("broken");
      }
    }
    const data = new Data();
    data.trainDataloader = () => loader();
    const trainer = makeTrainer({ callbacks: notes, logger });
    await expect(trainer.fit(new Fails(), { datamodule: data })).rejects.toThrow(
      /Fails\.onTrainEpochEnd failed at .*epoch 0.*\(global step 4\): broken/,
    );
    expect(notes.notes).toEqual([
      "onException TypeError: broken",
      "data TypeError: broken",
      "teardown fit TypeError: broken",
    ]);
    expect(statuses).toEqual(["failed"]);
    expect(trainer.status).toBe("interrupted");
  });

  it("reports what else fails while it closes", async () => {
    class Worse extends Callback {
      override teardown() {
        throw new Error("worse");
      }
    }
    const failing = new LambdaCallback({
      onTrainStart: () => {
        throw new Error("bad");
      },
    });
    await expect(makeTrainer({ callbacks: [failing, new Worse()] }).fit(new BoringModel(), loader())).rejects.toThrow(
      /failed, and so did closing it: .*worse/,
    );
  });

  it("leaves no tensor of the step behind", async () => {
    class Fails extends BoringModel {
      override trainingStep(batch: BoringBatch, batchIdx: number) {
        const loss = this.loss(this.forward(batch[0]));
        this.log("loss", loss, { onStep: true, onEpoch: true });
        if (batchIdx === 2) throw new Error("broken");
        return loss;
      }
    }
    const trainer = makeTrainer();
    const model = new Fails();
    const counts: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      await expect(trainer.fit(model, loader())).rejects.toThrow("broken");
      model.zeroGrad();
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
  });

  it("leaves the Trainer ready for the next run", async () => {
    let fails = true;
    const trainer = makeTrainer({
      callbacks: new LambdaCallback({
        onTrainStart: () => {
          if (fails) throw new Error("bad");
        },
      }),
    });
    const model = new BoringModel();
    await expect(trainer.fit(model, loader())).rejects.toThrow("bad");
    fails = false;
    expect((await trainer.fit(model, loader())).status).toBe("finished");
  });
});

it("goes on when a logger throws: says so once, tries it again at each flush, and counts what is lost", async () => {
  const terminal = new FakeTerminal();
  let calls = 0;
  const logger: Logger = {
    kind: "logger",
    name: "",
    version: 0,
    groupSeparator: "/",
    logHyperparams: () => undefined,
    open: () => Promise.resolve(),
    save: () => Promise.resolve(),
    finalize: () => Promise.resolve(),
    logMetrics: () => {
      calls += 1;
      throw new Error("no network");
    },
  };
  class Logs extends BoringModel {
    override trainingStep(batch: BoringBatch) {
      const loss = this.loss(this.forward(batch[0]));
      this.log("loss", loss);
      return loss;
    }
  }
  const result = await makeTrainer({ logger, logEveryNSteps: 1 }, { terminal }).fit(new Logs(), loader());
  expect(result.status).toBe("finished");
  // The first row, once for each flush, and once more at the end.
  expect(calls).toBe(5);
  expect(terminal.warnings.filter((line) => line.includes("no network"))).toHaveLength(1);
  expect(terminal.warnings.at(-1)).toMatch(/lost \d+ entries of this run/);
});

describe("interruptions", () => {
  const stopAt = (batch: number, act: () => void) =>
    new LambdaCallback({
      onTrainBatchEnd: (trainer) => {
        if (trainer.batchesSeen === batch) act();
      },
    });

  it("by Ctrl-C finish the step, tear down, and give a result", async () => {
    const signals = new FakeSignals();
    const notes = new Notes();
    const trainer = makeTrainer({ callbacks: [notes, stopAt(3, () => signals.send("SIGINT"))] }, { signals });
    const result = await trainer.fit(new BoringModel(), loader());
    expect(result).toMatchObject({ status: "interrupted", reason: "Ctrl-C", steps: 3 });
    expect(notes.notes.map((note) => note.split(" ")[0])).toEqual(["onException", "teardown"]);
    expect(trainer.interrupted).toBe(true);
  });

  it("by Ctrl-C twice do not wait for anybody", async () => {
    const signals = new FakeSignals();
    const never = new LambdaCallback({
      onTrainBatchEnd: () => {
        setTimeout(() => {
          signals.send("SIGINT");
          signals.send("SIGINT");
        }, 1);
        return new Promise(() => undefined);
      },
    });
    const result = await makeTrainer({ callbacks: never }, { signals }).fit(new BoringModel(), loader());
    expect(result).toMatchObject({ status: "interrupted", steps: 1 });
  });

  it("by an AbortSignal", async () => {
    const controller = new AbortController();
    const result = await makeTrainer({ callbacks: stopAt(2, () => controller.abort()) }).fit(
      new BoringModel(),
      loader(),
      undefined,
      { signal: controller.signal },
    );
    expect(result).toMatchObject({ status: "interrupted", steps: 2 });
  });

  it("throw when that is asked for", async () => {
    const controller = new AbortController();
    const trainer = makeTrainer({ onInterrupt: "throw", callbacks: stopAt(2, () => controller.abort()) });
    await expect(trainer.fit(new BoringModel(), loader(), undefined, { signal: controller.signal })).rejects.toThrow(
      InterruptionError,
    );
  });

  it("take their handlers away afterwards", async () => {
    const signals = new FakeSignals();
    await makeTrainer({}, { signals }).fit(new BoringModel(), loader());
    expect(signals.handlerCount("SIGINT")).toBe(0);
  });
});

it("lets timers run while it trains", async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  await makeTrainer({ maxEpochs: 30 }).fit(new BoringModel(), loader(10));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(2);
});

it("leaves the tensors of another task alone, also when that one computes while a loader is awaited", async () => {
  const other = { kept: tf.tensor([1, 2, 3]), isDone: false };
  const sums: number[] = [];
  async function* slow() {
    for (let i = 0; i < 5; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      yield [tf.buffer<tf.Rank.R2>([1, 32])] as [tf.TensorBuffer<tf.Rank.R2>];
    }
  }
  const busy = (async () => {
    while (!other.isDone) {
      const doubled = other.kept.mul(2);
      await new Promise((resolve) => setTimeout(resolve, 1));
      sums.push((await doubled.sum().data())[0] ?? 0);
      doubled.dispose();
    }
  })();
  await makeTrainer({ maxEpochs: 1 }).fit(new BoringModel(), { [Symbol.asyncIterator]: slow });
  other.isDone = true;
  await busy;
  expect(sums.length).toBeGreaterThan(2);
  expect(new Set(sums)).toEqual(new Set([12]));
});

it("leaves the tensors of another task alone while a checkpoint is written after a batch", async () => {
  class SlowFiles extends MemoryFiles {
    override async open(...args: Parameters<MemoryFiles["open"]>) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      return super.open(...args);
    }
  }
  const others: tf.Tensor[] = [];
  const timer = setInterval(() => others.push(tf.ones([2]).add(1)), 1);
  const trainer = makeTrainer(
    {
      maxEpochs: 1,
      enableCheckpointing: true,
      callbacks: new ModelCheckpoint({ dirpath: "/ckpt", everyNTrainSteps: 1, saveTopK: -1 }),
    },
    { files: new SlowFiles() },
  );
  await trainer.fit(new BoringModel(), loader(6));
  clearInterval(timer);
  expect(others.length).toBeGreaterThan(5);
  for (const other of others) expect([...(await other.data())]).toEqual([2, 2]);
});

it("counts on when fit is called again, and stops at once when there is nothing left to do", async () => {
  const trainer = makeTrainer({ maxEpochs: 1 });
  const model = new BoringModel();
  expect(await trainer.fit(model, loader())).toMatchObject({ epochs: 1, steps: 4 });
  expect(await trainer.fit(model, loader())).toMatchObject({ epochs: 1, steps: 4, reason: "maxEpochs 1 reached" });
  trainer.maxEpochs = 3;
  expect(await trainer.fit(model, loader())).toMatchObject({ epochs: 3, steps: 12 });
});

it("refuses a second run while one is under way", async () => {
  const trainer = makeTrainer();
  const first = trainer.fit(new BoringModel(), loader());
  await expect(trainer.fit(new BoringModel(), loader())).rejects.toThrow(/running fit already/);
  expect((await first).status).toBe("finished");
});

it("takes options from the environment, and those in code first", () => {
  const environment = {
    get: (name: string) =>
      ({ PL_TRAINER_MAX_EPOCHS: "7", PL_TRAINER_LOG_EVERY_N_STEPS: "3", PL_TRAINER_CHECK_VAL_EVERY_N_EPOCH: "2" })[
        name
      ],
    set: () => undefined,
    names: () => [],
    hostName: () => "here",
    processId: () => 1,
  };
  const trainer = new Trainer({ maxEpochs: 2, ports: { environment, terminal: new FakeTerminal() } });
  expect(trainer.maxEpochs).toBe(2);
  expect(trainer.logEveryNSteps).toBe(3);
  expect(trainer.validatesAtEpochEndOnly).toBe(false);
});

it("begins an epoch again that was interrupted, when fit is called again without a checkpoint", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const callback = new LambdaCallback({
    onTrainBatchStart: (trainer, _module, _batch, batchIdx) => void seen.push(trainer.currentEpoch, batchIdx),
    onTrainBatchEnd: (trainer) => {
      if (trainer.batchesSeen === 5) controller.abort();
    },
  });
  const trainer = makeTrainer({ maxEpochs: 2, callbacks: callback });
  const model = new BoringModel();
  expect(await trainer.fit(model, loader(3), undefined, { signal: controller.signal })).toMatchObject({
    status: "interrupted",
    epochs: 1,
    steps: 5,
  });
  seen.length = 0;
  expect(await trainer.fit(model, loader(3))).toMatchObject({ status: "finished", epochs: 2, steps: 8 });
  expect(seen).toEqual([1, 0, 1, 1, 1, 2]);
});

it("can run beside another Trainer, and neither disturbs the other", async () => {
  const train = async (model: BoringModel) => {
    const losses: number[] = [];
    const note = new LambdaCallback({
      onTrainBatchEnd: (_trainer, _module, outputs) => void losses.push(outputs.loss?.dataSync()[0] ?? Number.NaN),
    });
    await makeTrainer({ maxEpochs: 3, callbacks: note }).fit(model, loader(20), loader(3));
    return losses;
  };
  const start = new BoringModel().stateDict();
  const models = Array.from({ length: 3 }, () => new BoringModel());
  for (const model of models) model.loadStateDict(start);
  const [alone, first, second] = models;
  if (alone === undefined || first === undefined || second === undefined) throw new Error("three models");
  const expected = await train(alone);
  expect(await Promise.all([train(first), train(second)])).toEqual([expected, expected]);
});
