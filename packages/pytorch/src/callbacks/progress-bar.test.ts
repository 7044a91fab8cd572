import { DataLoader, nn } from "@lightning-ts/core";
import { cpu, type Logger } from "@lightning-ts/fabric";
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
import type { TrainerOptions } from "../options/trainer-options.js";
import { Trainer } from "../trainer/trainer.js";
import { LambdaCallback } from "./lambda-callback.js";
import { TQDMProgressBar } from "./tqdm-progress-bar.js";
import { ProgressBar, type ProgressBarOptions } from "./progress-bar.js";

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
        "Epoch 0/1  4/4  0:00  100 batches/s  step_number=3",
        "hello",
        "Epoch 1/1  4/4  0:00  100 batches/s  step_number=3",
        "Trainer.fit stopped: maxEpochs 2 reached.",
        "",
      ].join("\n"),
    );
  });

  it("shows a line now and then when an epoch is long", async () => {
    const lines = (await run(new FakeTerminal(), 20_000)).split("\n");
    expect(lines.slice(1, 4)).toEqual([
      "Epoch 0/1  2/4  0:40 < 0:40  20.0 s/batch  step_number=1",
      "hello",
      "Epoch 0/1  4/4  1:20  20.0 s/batch  step_number=3",
    ]);
  });

  it("is redrawn on a terminal, and printed lines stand above it", async () => {
    const text = await run(new FakeTerminal({ isInteractive: true, columns: 100 }), 200);
    const CLEAR = "\r\u001b[2K";
    expect(
      text.startsWith(
        `Backend: cpu\n${CLEAR}Epoch 0/1  ━━━━━━──────────────────  1/4  0:00 < 0:00  5.0 batches/s${CLEAR}Epoch 0/1  ━━━━━━━━━━━━────────────  2/4  0:00 < 0:00  5.0 batches/s`,
      ),
    ).toBe(true);
    expect(text).toContain(`${CLEAR}hello\nEpoch 0`.replace("Epoch 0", `${CLEAR}Epoch 0`));
    expect(text).toMatch(/4\/4 {2}0:00 {2}5\.0 batches\/s {2}step_number=3\n/);
  });
});

/** Has no validation data of its own. */
class LogsOnly extends Logs {
  override valDataloader() {
    return loaderOf(0);
  }
}

/** Runs an entry point where each batch takes `stepMs`. */
async function show(
  start: (trainer: Trainer, model: Logs) => Promise<unknown>,
  options: {
    readonly terminal?: FakeTerminal;
    readonly stepMs?: number;
    readonly bar?: ProgressBarOptions;
    readonly trainer?: TrainerOptions;
  } = {},
): Promise<string> {
  const { terminal = new FakeTerminal(), stepMs = 10 } = options;
  const clock = new FakeClock();
  const pass = () => clock.advance(stepMs);
  const passing = new LambdaCallback({
    onTrainBatchStart: pass,
    onValidationBatchStart: pass,
    onTestBatchStart: pass,
    onPredictBatchStart: pass,
  });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    logger: false,
    enableCheckpointing: false,
    enableModelSummary: false,
    callbacks: [passing, new ProgressBar(options.bar)],
    ports: { files: new MemoryFiles(), terminal, clock },
    ...options.trainer,
  });
  await start(trainer, new LogsOnly());
  return terminal.text.replace("Backend: cpu\n", "");
}

const loaderOf = (length: number) => new DataLoader(randomDataset({ length }));
const CLEAR = "\r\u001b[2K";

describe("the progress bar of other stages", () => {
  it("says what is running, and how far it came", async () => {
    expect(await show((trainer, model) => trainer.validate(model, loaderOf(3), { verbose: false }))).toBe(
      "Validating  3/3  0:00  100 batches/s\n",
    );
    expect(await show((trainer, model) => trainer.test(model, loaderOf(2), { verbose: false }))).toBe(
      "Testing  2/2  0:00  100 batches/s\n",
    );
    expect(await show((trainer, model) => trainer.predict(model, loaderOf(4)))).toBe(
      "Predicting  4/4  0:00  100 batches/s\n",
    );
  });

  it("counts the batches of several loaders together", async () => {
    expect(
      await show((trainer, model) => trainer.test(model, [loaderOf(2), loaderOf(3)], { verbose: false })),
    ).toContain("Testing  5/5");
  });

  it("moves on a terminal", async () => {
    const terminal = new FakeTerminal({ isInteractive: true, columns: 60 });
    const text = await show((trainer, model) => trainer.test(model, loaderOf(2), { verbose: false }), {
      terminal,
      stepMs: 200,
    });
    expect(text.split(CLEAR).map((line) => line.replace(/ {2}[━─]+/, ""))).toEqual([
      "",
      "Testing  1/2  0:00 < 0:00  5.0 batches/s",
      "Testing  2/2  0:00  5.0 batches/s",
      "Testing  2/2  0:00  5.0 batches/s\n",
    ]);
  });

  it("of a validation inside of a fit is that of the epoch, which goes on", async () => {
    const text = await show((trainer, model) => trainer.fit(model, loaderOf(2), loaderOf(3)), {
      trainer: { numSanityValSteps: 0 },
    });
    expect(text.slice(0, text.indexOf("Trainer.fit"))).toBe("Epoch 0/0  2/2  0:00  100 batches/s  step_number=1\n");
  });
});

describe("how often the progress bar shows", () => {
  const fit = (trainer: Trainer, model: Logs) => trainer.fit(model, loaderOf(6));
  const counts = (text: string) => [...text.matchAll(/(\d)\/6/g)].map(([, count]) => Number(count));

  it("it moves, on a terminal", async () => {
    const shown = async (refreshMs: number | undefined, stepMs: number) =>
      counts(
        await show(fit, {
          terminal: new FakeTerminal({ isInteractive: true, columns: 100 }),
          stepMs,
          bar: { refreshMs },
        }),
      );
    expect(await shown(250, 100)).toEqual([3, 6, 6]);
    expect(await shown(undefined, 50)).toEqual([2, 2, 4, 6, 6]);
    expect(await shown(0, 1)).toEqual([1, 2, 2, 3, 4, 5, 6, 6]);
  });

  it("it writes a line, elsewhere", async () => {
    const shown = async (lineMs: number | undefined, stepMs: number) =>
      counts(await show(fit, { stepMs, bar: { lineMs } }));
    expect(await shown(250, 100)).toEqual([3, 6, 6]);
    expect(await shown(undefined, 10_000)).toEqual([3, 6, 6]);
  });

  it("it reads the metrics, which may wait for the device", async () => {
    const shown = async (metricsMs: number | undefined) => {
      const text = await show(fit, {
        terminal: new FakeTerminal({ isInteractive: true, columns: 100 }),
        stepMs: 200,
        bar: { metricsMs },
      });
      return [...text.matchAll(/(\d)\/6.*?batches\/s(?: {2}step_number=(\d))?/g)].map(
        ([, count, number]) => `${count} ${number}`,
      );
    };
    expect(await shown(400)).toEqual(["1 undefined", "2 1", "2 1", "3 1", "4 3", "5 3", "6 5", "6 5"]);
    expect(await shown(undefined)).toEqual([
      "1 undefined",
      "2 undefined",
      "2 undefined",
      "3 2",
      "4 2",
      "5 2",
      "6 5",
      "6 5",
    ]);
  });
});

describe("what stands behind the progress bar", () => {
  const versioned = (version: number | string): Logger => ({
    kind: "logger",
    name: "runs",
    version,
    groupSeparator: "/",
    logHyperparams: () => undefined,
    open: () => Promise.resolve(),
    save: () => Promise.resolve(),
    finalize: () => Promise.resolve(),
    logMetrics: () => undefined,
  });
  const fit = (trainer: Trainer, model: Logs) => trainer.fit(model, loaderOf(2));

  it("is the version of the logger and the metrics of the step", async () => {
    expect(await show(fit, { trainer: { logger: versioned(12) } })).toContain("batches/s  v_num=12, step_number=1\n");
    expect(await show(fit, { trainer: { logger: versioned("run-abcd") } })).toContain("  v_num=abcd, step_number=1\n");
  });

  it("stays from epoch to epoch until it is read again", async () => {
    const text = await show(fit, { trainer: { maxEpochs: 2 }, stepMs: 1000, bar: { lineMs: 1000, metricsMs: 5000 } });
    expect(text.split("\n").slice(0, 6)).toEqual([
      "Epoch 0/1  1/2  0:01 < 0:01  1.0 batches/s",
      "Epoch 0/1  2/2  0:02  1.0 batches/s",
      "Epoch 0/1  2/2  0:02  1.0 batches/s  step_number=1",
      "Epoch 1/1  1/2  0:01 < 0:01  1.0 batches/s  step_number=1",
      "Epoch 1/1  2/2  0:02  1.0 batches/s  step_number=1",
      "Epoch 1/1  2/2  0:02  1.0 batches/s  step_number=1",
    ]);
  });
});

describe("the line of the progress bar", () => {
  it("is ended when a run fails in the middle of it, and prints go elsewhere afterwards", async () => {
    const terminal = new FakeTerminal({ isInteractive: true, columns: 100 });
    class Fails extends Logs {
      override onTrainBatchEnd() {
        if (this.trainer.globalStep === 2) throw new Error("no more");
      }
    }
    await show(
      async (trainer) => {
        await expect(trainer.fit(new Fails(), loaderOf(4))).rejects.toThrow("no more");
        terminal.write("after");
      },
      { terminal, stepMs: 200 },
    );
    expect(terminal.text).toMatch(/2\/4 {2}0:00 < 0:00 {2}5\.0 batches\/s\nafter$/);
  });

  it("is cleared for what is printed where it is on the screen, and drawn again below", async () => {
    const terminal = new FakeTerminal({ isInteractive: true, columns: 100 });
    const text = await show((trainer, model) => trainer.fit(model, loaderOf(3)), { terminal, stepMs: 1 });
    expect(text.startsWith(`hello\n${CLEAR}Epoch 0`)).toBe(true);
  });
});

describe("a sanity check", () => {
  const fit = (trainer: Trainer, model: Logs) => trainer.fit(model, loaderOf(1), loaderOf(2));

  it("leaves nothing on the screen", async () => {
    const terminal = new FakeTerminal({ isInteractive: true, columns: 100 });
    const text = await show(fit, { stepMs: 1000, terminal });
    expect(text).toMatch(/Sanity check {2}[━─]+ {2}1\/2 {2}0:01 < 0:01/);
    expect(text).not.toMatch(/Sanity check[^\r]*\n/);
  });

  it("says where it is when it takes long", async () => {
    const text = await show(fit, { stepMs: 100_000 });
    expect(text.split("\n")[0]).toBe("Sanity check  1/2  1:40 < 1:40  100.0 s/batch");
  });
});

it("a progress bar refuses options that it does not have", () => {
  expect(() => new ProgressBar({ refresh: 1 } as ProgressBarOptions)).toThrow(
    /^ProgressBar has no option "refresh"\. Expected one of refreshRate, refreshMs, metricsMs, lineMs, leave\./,
  );
});

it("TQDMProgressBar takes Lightning's options, and clears the bars of finished epochs", async () => {
  const terminal = new FakeTerminal({ isInteractive: true, columns: 100 });
  const trainer = { maxEpochs: 2, callbacks: [new TQDMProgressBar({ refreshRate: 2 })] };
  const text = await show((one, model) => one.fit(model, loaderOf(4)), { terminal, trainer });
  expect(text).not.toMatch(/Epoch 0[^\r]*\n/);
  expect(text).toMatch(/Epoch 1\/1[^\r]*\n/);
  expect(() => new TQDMProgressBar({ processPosition: 1 })).toThrow(/Expected processPosition 0/);
  expect(() => new TQDMProgressBar({ refreshRate: -1 })).toThrow(/cannot use this refreshRate/);
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
