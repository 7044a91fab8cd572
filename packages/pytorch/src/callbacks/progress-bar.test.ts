import { DataLoader, nn } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import {
  BoringModel,
  FakeClock,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
  type BoringBatch,
} from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { renderSummary, summarizeModel } from "../display/model-summary-table.js";
import { Trainer } from "../trainer/trainer.js";
import { LambdaCallback } from "./lambda-callback.js";
import { ProgressBar } from "./progress-bar.js";

class Logs extends BoringModel {
  override trainingStep(batch: BoringBatch, batchIdx: number) {
    this.log("step_number", batchIdx, { progBar: true });
    if (batchIdx === 2) this.print("hello");
    return super.trainingStep(batch, batchIdx);
  }
}

async function run(terminal: FakeTerminal, stepMs: number): Promise<string> {
  const clock = new FakeClock();
  const passing = new LambdaCallback({ onTrainBatchStart: () => clock.advance(stepMs) });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 2,
    logger: false,
    enableCheckpointing: false,
    enableModelSummary: false,
    callbacks: [passing, new ProgressBar({ lineMs: 30_000 })],
    ports: { files: new MemoryFiles(), terminal, clock },
  });
  await trainer.fit(new Logs(), new DataLoader(randomDataset({ length: 4 })));
  return terminal.text;
}

describe("the progress bar", () => {
  it("is one line for each epoch where the output is no terminal", async () => {
    expect(await run(new FakeTerminal(), 10)).toBe(
      [
        "Backend: cpu",
        "hello",
        "Epoch 0  4/4  0:00  100 batches/s  step_number=3",
        "hello",
        "Epoch 1  4/4  0:00  100 batches/s  step_number=3",
        "Trainer.fit stopped: maxEpochs 2 reached.",
        "",
      ].join("\n"),
    );
  });

  it("shows a line now and then when an epoch is long", async () => {
    const lines = (await run(new FakeTerminal(), 20_000)).split("\n");
    expect(lines.slice(1, 4)).toEqual([
      "Epoch 0  2/4  0:40  20.0 s/batch  step_number=1",
      "hello",
      "Epoch 0  4/4  1:20  20.0 s/batch  step_number=3",
    ]);
  });

  it("is redrawn on a terminal, and printed lines stand above it", async () => {
    const text = await run(new FakeTerminal({ isInteractive: true, columns: 100 }), 200);
    const CLEAR = "\r\u001b[2K";
    expect(
      text.startsWith(
        `Backend: cpu\n${CLEAR}Epoch 0  ━━━━━━──────────────────  1/4  0:00  5.0 batches/s${CLEAR}Epoch 0  ━━━━━━━━━━━━────────────  2/4  0:00  5.0 batches/s`,
      ),
    ).toBe(true);
    expect(text).toContain(`${CLEAR}hello\nEpoch 0`.replace("Epoch 0", `${CLEAR}Epoch 0`));
    expect(text).toMatch(/4\/4 {2}0:00 {2}5\.0 batches\/s {2}step_number=3\n/);
  });
});

it("summarizes a model", () => {
  class Net extends BoringModel {
    readonly head = new nn.Sequential(new nn.Linear(2, 1000), new nn.Dropout());
  }
  const net = new Net();
  net.head.requiresGrad(false).eval();
  expect(renderSummary(summarizeModel(net)).split("\n")).toEqual([
    "   Name   Type        Params  Mode",
    "───────────────────────────────────",
    "0  layer  Linear      66      train",
    "1  head   Sequential  3.0 K   eval",
    "───────────────────────────────────",
    "66 trainable, 3.0 K frozen, 3.1 K parameters in total",
    "0.012 MiB as float32",
    "1 module in train mode, 3 in eval mode",
  ]);
  expect(summarizeModel(net, -1).rows.map(({ name }) => name)).toEqual(["layer", "head", "head.0", "head.1"]);
});
