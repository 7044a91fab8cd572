import { DataLoader } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import {
  BoringModel,
  type BoringBatch,
  FakeClock,
  MemoryFiles,
  randomDataset,
  ScreenTerminal,
} from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { Trainer } from "../trainer/trainer.js";
import { LambdaCallback } from "./lambda-callback.js";
import { ProgressBar, type ProgressBarOptions } from "./progress-bar.js";

const loaderOf = (length: number) => new DataLoader(randomDataset({ length }));
const BAR = /[━─]+/;

/** What is on the screen at the end of a fit of four batches an epoch, each of which takes a second. */
async function screenOf(options: {
  readonly columns: number;
  readonly module?: BoringModel;
  readonly bar?: ProgressBarOptions;
  readonly trainer?: TrainerOptions;
  readonly onBatch?: (terminal: ScreenTerminal, batch: number) => void | Promise<void>;
  readonly onValidationBatch?: (terminal: ScreenTerminal, batch: number) => void | Promise<void>;
  readonly hasValidation?: boolean;
}): Promise<string[]> {
  const [terminal, clock] = [new ScreenTerminal({ columns: options.columns }), new FakeClock()];
  const watching = new LambdaCallback({
    onTrainBatchStart: () => clock.advance(1000),
    onValidationBatchStart: () => clock.advance(500),
    onTrainBatchEnd: (_trainer, _module, _outputs, _batch, batchIdx) => options.onBatch?.(terminal, batchIdx),
    onValidationBatchEnd: (trainer, _module, _outputs, _batch, batchIdx) =>
      trainer.sanityChecking ? undefined : options.onValidationBatch?.(terminal, batchIdx),
  });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 2,
    logger: false,
    enableCheckpointing: false,
    enableModelSummary: false,
    callbacks: [new ProgressBar(options.bar), watching],
    ports: { files: new MemoryFiles(), terminal, clock },
    ...options.trainer,
  });
  const fit = trainer.fit(
    options.module ?? new Logs(),
    loaderOf(4),
    options.hasValidation === true ? loaderOf(2) : loaderOf(0),
  );
  await fit.catch((error: unknown) => terminal.write(`${String(error).split("\n")[0]?.slice(0, 39)}\n`));
  return (await terminal.lines()).filter((line) => !/^(Backend|Warning)/.test(line));
}

class Logs extends BoringModel {
  override trainingStep(batch: BoringBatch, batchIdx: number) {
    this.logDict({ train_loss: 0.123 + batchIdx, accuracy: 0.9876, learning_rate: 0.001 }, { progBar: true });
    return super.trainingStep(batch, batchIdx);
  }
  override validationStep(batch: BoringBatch, batchIdx: number, dataloaderIdx: number) {
    this.log("val_loss", 0.5, { progBar: true });
    return super.validationStep(batch, batchIdx, dataloaderIdx);
  }
}

const withoutBars = (lines: readonly string[]) => lines.map((line) => line.replace(BAR, "#"));

describe("on the screen", () => {
  it.each([60, 80, 120])("at %d columns, one bar for each epoch stays, with all metrics", async (columns) => {
    const facts = (epoch: number) => `Epoch ${epoch}/1  #  4/4  0:04  1.0 batches/s`;
    const metrics = "train_loss=3.123, accuracy=0.988, learning_rate=0.001";
    const epoch = (number: number) =>
      columns === 120 ? [`${facts(number)}  ${metrics}`] : [facts(number), `  ${metrics}`];
    expect(withoutBars(await screenOf({ columns }))).toEqual([
      ...epoch(0),
      ...epoch(1),
      "Trainer.fit stopped: maxEpochs 2 reached.",
    ]);
  });

  it("what others print stands above the bar, in its order, also when a line comes in pieces", async () => {
    const lines = await screenOf({
      columns: 80,
      trainer: { maxEpochs: 1 },
      onBatch: (terminal, batch) => {
        terminal.printedByOthers(`line ${batch}\n`);
        terminal.printedByOthers("two ");
        terminal.printedByOthers("pieces\n");
        if (batch === 2) terminal.warn("careful");
      },
    });
    expect(withoutBars(lines)).toEqual([
      ...["line 0", "two pieces", "line 1", "two pieces", "line 2", "two pieces", "careful", "line 3", "two pieces"],
      "Epoch 0/0  #  4/4  0:04  1.0 batches/s",
      "  train_loss=3.123, accuracy=0.988, learning_rate=0.001",
      "Trainer.fit stopped: maxEpochs 1 reached.",
    ]);
  });

  it("a validation has a bar of its own below, which goes away, and no part in the speed of training", async () => {
    const seen: string[][] = [];
    const lines = await screenOf({
      columns: 110,
      hasValidation: true,
      onValidationBatch: async (terminal, batch) => {
        if (batch === 1) seen.push(await terminal.lines());
      },
    });
    const finished = (epoch: number, metrics: string) =>
      `Epoch ${epoch}/1  4/4  0:04  1.0 batches/s  train_loss=3.123, accuracy=0.988, learning_rate=0.001${metrics}`;
    expect(withoutBars(seen[1]?.slice(-2) ?? [])).toEqual([
      finished(1, ", val_loss=0.500"),
      "  Validating  #  2/2  0:01  2.0 batches/s",
    ]);
    expect(lines).toEqual([
      finished(0, ", val_loss=0.500"),
      finished(1, ", val_loss=0.500"),
      "Trainer.fit stopped: maxEpochs 2 reached.",
    ]);
  });

  it("a terminal that becomes narrower keeps no remains", async () => {
    const lines = await screenOf({
      columns: 120,
      trainer: { maxEpochs: 1 },
      onBatch: (terminal, batch) => (batch === 1 ? terminal.resize(50) : undefined),
    });
    expect(lines.filter((line) => line.startsWith("Epoch"))).toHaveLength(1);
    expect(lines).toHaveLength(4);
  });

  it("a run that fails leaves the bar above its error", async () => {
    class Fails extends Logs {
      override onTrainBatchEnd(_outputs: unknown, _batch: BoringBatch, batchIdx: number) {
        if (batchIdx === 2) throw new Error("no more");
      }
    }
    const lines = await screenOf({ columns: 80, module: new Fails() });
    expect(withoutBars(lines)).toEqual([
      "Epoch 0/1  #  3/4  0:03 < 0:01  1.0 batches/s",
      "  train_loss=2.123, accuracy=0.988, learning_rate=0.001",
      "HookError: Fails.onTrainBatchEnd failed",
    ]);
  });

  it("bars of finished epochs go away with leave: false, and nothing is shown with refreshRate: 0", async () => {
    const one = await screenOf({ columns: 120, bar: { leave: false } });
    expect(one.map((line) => line.slice(0, 11))).toEqual(["Epoch 1/1  ", "Trainer.fit"]);
    expect(await screenOf({ columns: 120, bar: { refreshRate: 0 } })).toEqual([
      "Trainer.fit stopped: maxEpochs 2 reached.",
    ]);
  });

  it("a subclass chooses what stands behind the bar", async () => {
    class OnlyLoss extends ProgressBar {
      override getMetrics(trainer: Trainer) {
        return { loss: trainer.progressBarMetrics["train_loss"] ?? 0 };
      }
    }
    const [line] = await screenOf({ columns: 80, trainer: { callbacks: [new OnlyLoss()], maxEpochs: 1 } });
    expect(line).toMatch(/loss=3\.123$/);
    class WithModule extends ProgressBar {
      override getMetrics(trainer: Trainer, module: LightningModule) {
        const metrics = super.getMetrics(trainer, module);
        delete metrics["train_loss"];
        return { ...metrics, parameters: module.parameters().length };
      }
    }
    const [other] = await screenOf({ columns: 80, trainer: { callbacks: [new WithModule()], maxEpochs: 1 } });
    expect(other).toBe("Epoch 0/0  4/4  0:00  accuracy=0.988, learning_rate=0.001, parameters=2");
  });
});
