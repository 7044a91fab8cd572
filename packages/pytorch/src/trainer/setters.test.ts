import { DataLoader, nn, optim } from "@lightning-ts/core";
import { CSVLogger, dummyLogger, type Logger, LossScaler } from "@lightning-ts/fabric";
import {
  BoringModel,
  FakeTerminal,
  MemoryFiles,
  onTwoRanks,
  randomDataset,
  type BoringBatch,
} from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

let terminal: FakeTerminal;
let files: MemoryFiles;
beforeEach(() => {
  terminal = new FakeTerminal();
  files = new MemoryFiles();
});

const loader = (batches = 4) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, logEveryNSteps: 1, limitValBatches: 0, ports: { files, terminal }, ...options });
}

class Logs extends BoringModel {
  override trainingStep(batch: BoringBatch, batchIdx: number) {
    this.log("batchIdx", batchIdx);
    return super.trainingStep(batch, batchIdx);
  }
}

/** A logger that notes what is called. */
function notingLogger(): { readonly logger: Logger; readonly calls: string[] } {
  const calls: string[] = [];
  const logger: Logger = {
    ...dummyLogger(),
    logMetrics: (row) => void calls.push(`row ${row["batchIdx"]}`),
    open: async () => void calls.push("open"),
    save: async () => undefined,
    finalize: async (status) => void calls.push(status),
  };
  return { logger, calls };
}

describe("trainer.loggers and trainer.logger", () => {
  it("may be set before a run", async () => {
    const trainer = makeTrainer();
    const { logger, calls } = notingLogger();
    trainer.logger = logger;
    expect([trainer.logger, trainer.loggers]).toEqual([logger, [logger]]);
    await trainer.fit(new Logs(), loader(2));
    expect(calls).toEqual(["open", "row 0", "row 1", "success"]);
    trainer.logger = undefined;
    expect([trainer.logger, trainer.loggers]).toEqual([undefined, []]);
    await trainer.validate(new Logs(), { dataloaders: loader(1), verbose: false });
    expect(calls).toHaveLength(4);
  });

  it("may be set in a hook: one that joins is opened, one that leaves is closed at the end", async () => {
    const [first, second] = [notingLogger(), notingLogger()];
    const model = new Logs();
    const seen: unknown[] = [];
    const callbacks = new LambdaCallback({
      onTrainBatchStart(trainer, _module, _batch, batchIdx) {
        if (batchIdx === 2) trainer.loggers = [second.logger];
        seen.push(model.logger);
      },
    });
    await makeTrainer({ callbacks, logger: first.logger }).fit(model, loader());
    expect(first.calls).toEqual(["open", "row 0", "row 1", "success"]);
    expect(second.calls.filter((call) => call !== "open")).toEqual(["row 2", "row 3", "success"]);
    expect(second.calls).toContain("open");
    expect(seen).toEqual([first.logger, first.logger, second.logger, second.logger]);
  });

  it("write files also where they join in the middle", async () => {
    const callbacks = new LambdaCallback({
      onTrainEpochStart(trainer) {
        if (trainer.currentEpoch === 1) trainer.logger = new CSVLogger({ saveDir: "/late", files });
      },
    });
    const trainer = makeTrainer({ callbacks, maxEpochs: 2 });
    await trainer.fit(new Logs(), loader(2));
    const [path = ""] = files.paths().filter((name) => name.endsWith("metrics.csv"));
    expect(path).toMatch(/^\/late\//);
    expect(
      new TextDecoder()
        .decode(await files.readFile(path))
        .trim()
        .split("\n"),
    ).toHaveLength(3);
  });

  it("take loggers only", () => {
    expect(() => (makeTrainer().logger = true as never)).toThrow("This is no logger. Expected a logger");
    expect(() => (makeTrainer().loggers = [{}] as never)).toThrow("This is no logger.");
  });
});

describe("trainer.optimizers", () => {
  it("takes other optimizers in the middle of a fit, and steps and saves them", async () => {
    const model = new BoringModel();
    const stopped = new optim.SGD(model.parameters(), { lr: 0 });
    const weights: string[] = [];
    const callbacks = new LambdaCallback({
      onTrainEpochStart(trainer) {
        if (trainer.currentEpoch === 1) trainer.optimizers = [stopped];
      },
      onTrainEpochEnd: () => void weights.push(String(model.parameters()[0]?.dataSync())),
    });
    const trainer = makeTrainer({ callbacks, maxEpochs: 3 });
    await trainer.fit(model, loader());
    expect(weights[1]).toBe(weights[0]);
    expect(weights[2]).toBe(weights[0]);
    expect([trainer.globalStep, trainer.optimizers[0]?.optimizer]).toEqual([12, stopped]);
    await trainer.saveCheckpoint("/end.ckpt");
    expect(terminal.warnings).toEqual([
      "Warning: StepLR belongs to an optimizer that trainer.optimizers does not have any more: it changes that one's learning rate, and none of the others.",
    ]);
  });

  it("takes what it gave, and gives the same objects again", async () => {
    const seen: unknown[] = [];
    const callbacks = new LambdaCallback({
      onTrainStart(trainer, module) {
        const { optimizers } = trainer;
        trainer.optimizers = [...optimizers];
        seen.push(trainer.optimizers[0] === optimizers[0], module.optimizers() === optimizers[0]);
      },
    });
    await makeTrainer({ callbacks }).fit(new BoringModel(), loader());
    expect(seen).toEqual([true, true]);
  });

  it.each([
    ["two, in automatic optimization", (m: BoringModel) => [sgd(m), sgd(m)], "works with one optimizer"],
    ["another model's", () => [sgd(new nn.Linear(1, 1))], "has no parameter of"],
    ["what is none", () => [{}] as never, "configureOptimizers returned something unknown"],
  ])("refuses %s", async (_, make, message) => {
    const model = new BoringModel();
    const callbacks = new LambdaCallback({ onTrainStart: (trainer) => (trainer.optimizers = make(model)) });
    await expect(makeTrainer({ callbacks }).fit(model, loader())).rejects.toThrow(message);
  });

  it("is for a fit that is under way", async () => {
    const trainer = makeTrainer();
    const advice = "no fit is under way that would use them. Try: return them from configureOptimizers";
    expect(() => (trainer.optimizers = [])).toThrow(advice);
    await trainer.fit(new BoringModel(), loader());
    expect(() => (trainer.optimizers = [])).toThrow(advice);
  });
});

describe("trainer.lrSchedulerConfigs", () => {
  it("takes other schedulers in the middle of a fit, and steps them and shows them to the module", async () => {
    const model = new BoringModel();
    const seen: unknown[] = [];
    const callbacks = new LambdaCallback({
      onTrainEpochStart(trainer) {
        const optimizer = trainer.optimizers[0]?.optimizer;
        if (trainer.currentEpoch !== 1 || optimizer === undefined) return;
        const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
        trainer.lrSchedulerConfigs = [{ scheduler, interval: "step" }];
        seen.push(model.lrSchedulers() === scheduler, trainer.lrSchedulerConfigs[0]?.frequency);
      },
      onTrainEpochEnd: (trainer) => void seen.push(trainer.optimizers[0]?.paramGroups[0]?.lr),
    });
    await makeTrainer({ callbacks, maxEpochs: 2 }).fit(model, loader());
    const after = seen[0];
    expect(seen.slice(1)).toEqual([true, 1, Number(after) / 16]);
  });

  it("takes none, and gives back what it gave", async () => {
    const callbacks = new LambdaCallback({
      onTrainStart(trainer) {
        trainer.lrSchedulerConfigs = [...trainer.lrSchedulerConfigs];
        expect(trainer.lrSchedulerConfigs).toHaveLength(1);
        trainer.lrSchedulerConfigs = [];
      },
    });
    const trainer = makeTrainer({ callbacks });
    await trainer.fit(new BoringModel(), loader());
    expect(trainer.optimizers[0]?.paramGroups[0]?.lr).toBe(0.1);
  });

  it("refuses those of another optimizer, and outside of a fit", async () => {
    const foreign = () => ({ scheduler: new optim.lrScheduler.StepLR(sgd(new nn.Linear(1, 1)), { stepSize: 1 }) });
    const callbacks = new LambdaCallback({ onTrainStart: (trainer) => (trainer.lrSchedulerConfigs = [foreign()]) });
    const trainer = makeTrainer({ callbacks });
    await expect(trainer.fit(new BoringModel(), loader())).rejects.toThrow("belongs to an optimizer that");
    const set = () => (makeTrainer().lrSchedulerConfigs = []);
    expect(set).toThrow("trainer.lrSchedulerConfigs was set, and no fit is under way");
  });
});

const sgd = (module: nn.Module) => new optim.SGD(module.parameters(), { lr: 0.1 });

it("trainer.scaler is what scales the loss, where something does", () => {
  expect(makeTrainer().scaler).toBeUndefined();
  expect(makeTrainer({ precision: "16-mixed" }).scaler).toBeInstanceOf(LossScaler);
  expect(makeTrainer({ precision: "bf16-mixed" }).scaler).toBeUndefined();
});

describe("a loader that is empty on one of two ranks", () => {
  const fit = (rank: number, trainer: Trainer, isAllowed: boolean) => {
    const model = new BoringModel();
    model.allowZeroLengthDataloaderWithMultipleDevices = isAllowed;
    const batches = new DataLoader(randomDataset({ length: rank === 0 ? 0 : 3 }));
    return trainer.fit(model, { trainDataloaders: loader(4), valDataloaders: batches });
  };

  it("is an error on both", async () => {
    await expect(onTwoRanks(({ rank, trainer }) => fit(rank, trainer, false))).rejects.toThrow(
      /has no batches on one rank and has some on others.*allowZeroLengthDataloaderWithMultipleDevices = true/,
    );
  });

  it("is none where the module allows it", async () => {
    const ranks = await onTwoRanks(({ rank, trainer }) => fit(rank, trainer, true));
    expect(ranks.map(({ trainer }) => trainer.globalStep)).toEqual([2, 2]);
  });
});
