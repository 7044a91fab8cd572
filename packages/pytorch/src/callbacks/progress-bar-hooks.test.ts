import { FakeClock, FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { ProgressBar, type ProgressBarOptions } from "./progress-bar.js";
import { TQDMProgressBar, type TQDMProgressBarOptions } from "./tqdm-progress-bar.js";

const MODULE: LightningModule = Object({});
const CLEAR = "\r\u001b[2K";

/** A bar, as much of a Trainer as it looks at, and what it writes. */
function setUp(options: ProgressBarOptions = {}, changes: object = {}) {
  const [clock, bar] = [new FakeClock(1000), new ProgressBar(options)];
  const { isInteractive = false, ...others }: { isInteractive?: boolean } = changes;
  const terminal = new FakeTerminal({ isInteractive, columns: 60 });
  const prints: (((line: string) => void) | undefined)[] = [];
  const parts = {
    ports: { clock, terminal },
    stage: "fit",
    isGlobalZero: true,
    currentEpoch: 0,
    maxEpochs: 3,
    numTrainingBatches: 4,
    numEvaluationBatches: 4,
    numValBatches: [2, 3],
    numSanityValBatches: [1, 1],
    sanityChecking: false,
    shouldStop: false,
    progressBarMetrics: {},
    printThrough: (print: ((line: string) => void) | undefined) => void prints.push(print),
    ...others,
  };
  const trainer: Trainer = Object(parts);
  let read = 0;
  return {
    bar,
    clock,
    parts,
    prints,
    trainer,
    begin() {
      bar.setup(trainer);
      bar.onTrainEpochStart(trainer);
    },
    batch(batchIdx: number, ms = 1000) {
      clock.advance(ms);
      bar.onTrainBatchEnd(trainer, MODULE, {}, undefined, batchIdx);
    },
    /** What was written since the last call, without the bars themselves. */
    written() {
      const text = terminal.text.slice(read).replaceAll(/ {2}[━─]+/g, "");
      read = terminal.text.length;
      return text.replaceAll(CLEAR, "|").replaceAll("\u001b[1A", "^");
    },
  };
}

describe("the label of an epoch", () => {
  it.each([
    [{ maxEpochs: 3, currentEpoch: 1 }, "Epoch 1/2  4/4"],
    [{ maxEpochs: 1 }, "Epoch 0/0  4/4"],
    [{ maxEpochs: 0 }, "Epoch 0  4/4"],
    [{ maxEpochs: -1 }, "Epoch 0  4/4"],
    [{ maxEpochs: Number.POSITIVE_INFINITY }, "Epoch 0  4/4"],
    [{ maxEpochs: 2, numTrainingBatches: Number.POSITIVE_INFINITY }, "Epoch 0/1  4  "],
  ])("with %j is %s", (changes, label) => {
    const { batch, begin, bar, trainer, written } = setUp({}, changes);
    begin();
    batch(3);
    bar.onTrainEpochEnd(trainer);
    expect(written().startsWith(label)).toBe(true);
  });
});

describe("hooks of the progress bar", () => {
  it("show nothing for batches of a stage that has not begun", () => {
    const { bar, batch, trainer, written, parts } = setUp({ lineMs: 0 });
    bar.setup(trainer);
    batch(0);
    bar.onValidationBatchEnd(trainer);
    bar.onTestBatchEnd(trainer);
    bar.onPredictBatchEnd(trainer);
    parts.stage = "validate";
    bar.onValidationBatchEnd(trainer);
    expect(written()).toBe("");
  });

  it("show nothing more for batches after the end of a stage", () => {
    const { bar, begin, batch, trainer, written } = setUp({ lineMs: 0 });
    begin();
    bar.onTrainEpochEnd(trainer);
    written();
    batch(1);
    expect(written()).toBe("");
  });

  it("forget a run that ended in the middle of an epoch and its validation", () => {
    const { bar, batch, begin, trainer, written, prints } = setUp({ lineMs: 0 }, { progressBarMetrics: { loss: 1 } });
    begin();
    batch(0);
    bar.onTrainEpochEnd(trainer);
    begin();
    bar.onValidationStart(trainer);
    bar.teardown(trainer);
    expect(prints.at(-1)).toBeUndefined();
    written();
    batch(0);
    bar.onValidationBatchEnd(trainer);
    expect(written()).toBe("");
    begin();
    batch(0, 1);
    expect(written()).toBe("Epoch 0/2  1/4  0:00 < 0:00  1000 batches/s\n");
  });

  it.each([
    ["onTestStart", "onTestBatchEnd", "onTestEnd", "Testing"],
    ["onPredictStart", "onPredictBatchEnd", "onPredictEnd", "Predicting"],
    ["onValidationStart", "onValidationBatchEnd", "onValidationEnd", "Validating"],
  ] as const)("leave the bar of %s on the screen when its stage ends", (start, batchEnd, end, label) => {
    const { bar, clock, trainer, written } = setUp({}, { isInteractive: true, stage: "validate" });
    bar.setup(trainer);
    bar[start](trainer);
    clock.advance(1000);
    bar[batchEnd](trainer);
    bar[end](trainer);
    expect(written()).toBe(`|${label}  1/4  0:01 < 0:03  1.0 batches/s|${label}  1/4  0:01 < 0:03  1.0 batches/s\n`);
  });

  it("leave the bar of a stage that failed where it was when the next one begins", () => {
    const { bar, batch, begin, trainer, written } = setUp({}, { isInteractive: true });
    begin();
    batch(0);
    bar.onTrainEpochStart(trainer);
    expect(written()).toBe("|Epoch 0/2  1/4  0:01 < 0:03  1.0 batches/s\n");
  });

  it("remove the bar of an epoch with leave: false, except the last one's", () => {
    const { bar, batch, begin, trainer, written, parts } = setUp({ leave: false }, { isInteractive: true });
    begin();
    batch(0);
    written();
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("|");
    parts.currentEpoch = 2;
    bar.onTrainEpochStart(trainer);
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("|Epoch 2/2  0/4  0:00\n");
    [parts.currentEpoch, parts.shouldStop] = [0, true];
    bar.onTrainEpochStart(trainer);
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("|Epoch 0/2  0/4  0:00\n");
  });

  it("write the line of an epoch also with leave: false, where the output is no terminal", () => {
    const { bar, begin, trainer, written } = setUp({ leave: false });
    begin();
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("Epoch 0/2  0/4  0:00\n");
  });

  it("show nothing with refreshRate 0", () => {
    const { bar, batch, begin, trainer, written } = setUp({ refreshRate: 0, lineMs: 0 });
    begin();
    batch(0);
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("");
  });
});

describe("a bar on a terminal", () => {
  it("is drawn again after as many batches as refreshRate says, in the epoch, its validation and after it", () => {
    const { bar, batch, begin, clock, trainer, written } = setUp({ refreshRate: 2 }, { isInteractive: true });
    const shown: string[] = [];
    const note = () => void shown.push(/.* {2}(\d)\/\d/s.exec(written())?.[1] ?? "-");
    begin();
    for (const batchIdx of [0, 1, 2]) {
      batch(batchIdx);
      note();
    }
    bar.onValidationStart(trainer);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(1000);
      bar.onValidationBatchEnd(trainer);
      note();
    }
    bar.onValidationEnd(trainer);
    note();
    batch(3);
    note();
    batch(4);
    note();
    expect(shown).toEqual(["-", "2", "-", "-", "2", "-", "3", "-", "5"]);
  });

  it("has the bar of a validation below it, and is alone again afterwards, with its own speed", () => {
    const { bar, batch, begin, clock, trainer, written } = setUp({}, { isInteractive: true });
    begin();
    batch(0);
    written();
    bar.onValidationStart(trainer);
    clock.advance(10_000);
    bar.onValidationBatchEnd(trainer);
    expect(written()).toBe("|Epoch 0/2  1/4  0:01 < 0:03  1.0 batches/s\n  Validating  1/5  0:10 < 0:40  10.0 s/batch");
    bar.onValidationEnd(trainer);
    expect(written()).toBe("|^|Epoch 0/2  1/4  0:01 < 0:03  1.0 batches/s");
    batch(1);
    expect(written()).toBe("|Epoch 0/2  2/4  0:02 < 0:02  1.0 batches/s");
  });

  it("of a sanity check goes away when that ends", () => {
    const { bar, clock, parts, trainer, written } = setUp({}, { isInteractive: true, sanityChecking: true });
    bar.setup(trainer);
    bar.onValidationStart(trainer);
    clock.advance(1000);
    bar.onValidationBatchEnd(trainer);
    expect(written()).toBe("|Sanity check  1/2  0:01 < 0:01  1.0 batches/s");
    bar.onValidationEnd(trainer);
    expect(written()).toBe("|");
    parts.sanityChecking = false;
  });

  it("that was not drawn yet is not drawn when a validation ends", () => {
    const { bar, begin, trainer, written } = setUp({}, { isInteractive: true });
    begin();
    bar.onValidationStart(trainer);
    bar.onValidationEnd(trainer);
    expect(written()).toBe("");
  });

  it("has what is printed above it, and nothing is printed through it when the run has ended", () => {
    const { bar, batch, begin, prints, trainer, written } = setUp({}, { isInteractive: true });
    begin();
    batch(0);
    written();
    prints[0]?.("hello");
    expect(written()).toBe("|hello\n|Epoch 0/2  1/4  0:01 < 0:03  1.0 batches/s");
    bar.teardown(trainer);
    written();
    prints[0]?.("later");
    expect(written()).toBe("later\n");
  });

  it("shows the metrics of a validation with the next drawing, however short ago they were read", () => {
    const progressBarMetrics: Record<string, number> = { loss: 1 };
    const changes = { isInteractive: true, progressBarMetrics };
    const { bar, batch, begin, trainer, written } = setUp({ metricsMs: 5000 }, changes);
    begin();
    batch(0, 5000);
    expect(written()).toContain("loss=1");
    bar.onValidationStart(trainer);
    progressBarMetrics["loss"] = 2;
    bar.onValidationEnd(trainer);
    written();
    batch(1, 1000);
    expect(written()).toContain("loss=2");
  });
});

describe("several loaders", () => {
  const loaders = { numTestBatches: [2, 3], numPredictBatches: [2, 3], numEvaluationBatches: 5, isInteractive: true };

  it.each([
    ["onTestStart", "onTestBatchStart", "onTestBatchEnd", "onTestEnd", "Testing", "test"],
    ["onPredictStart", "onPredictBatchStart", "onPredictBatchEnd", "onPredictEnd", "Predicting", "predict"],
    [
      "onValidationStart",
      "onValidationBatchStart",
      "onValidationBatchEnd",
      "onValidationEnd",
      "Validating",
      "validate",
    ],
  ] as const)("have a bar for the one that is read below that of the stage: %s", (...names) => {
    const [start, batchStart, batchEnd, end, label, stage] = names;
    const { bar, clock, trainer, written } = setUp({}, { ...loaders, stage });
    bar.setup(trainer);
    bar[start](trainer);
    const batch = (batchIdx: number, dataloaderIdx: number): string => {
      bar[batchStart](trainer, MODULE, undefined, batchIdx, dataloaderIdx);
      clock.advance(1000);
      bar[batchEnd](trainer);
      return written().replaceAll(/ {2}\d:.*/g, "");
    };
    expect(batch(0, 0)).toBe(`|${label}  1/5\n  DataLoader 0  1/2`);
    expect(batch(1, 0)).toBe(`|^|${label}  2/5\n  DataLoader 0  2/2`);
    expect(batch(0, 1)).toBe(`|^|${label}  3/5\n  DataLoader 1  1/3`);
    bar[end](trainer);
    expect(written().replaceAll(/ {2}\d:.*/g, "")).toBe(`|^|${label}  3/5\n`);
  });

  it("of a validation within an epoch stand below both, and go away with it", () => {
    const { bar, batch, begin, clock, trainer, written } = setUp({}, { isInteractive: true });
    begin();
    batch(0);
    written();
    bar.onValidationStart(trainer);
    bar.onValidationBatchStart(trainer, MODULE, undefined, 0, 1);
    clock.advance(1000);
    bar.onValidationBatchEnd(trainer);
    expect(written().replaceAll(/ {2}\d:.*/g, "")).toBe("|Epoch 0/2  1/4\n  Validating  1/5\n    DataLoader 1  1/3");
    bar.onValidationEnd(trainer);
    expect(written().replaceAll(/ {2}\d:.*/g, "")).toBe("|^|^|Epoch 0/2  1/4");
    batch(1);
    expect(written().replaceAll(/ {2}\d:.*/g, "")).toBe("|Epoch 0/2  2/4");
  });
});

describe("what Lightning's progress bars have", () => {
  it("is nothing on ranks other than 0, and where it is disabled", () => {
    const other = setUp({ lineMs: 0 }, { isGlobalZero: false });
    other.begin();
    other.batch(0);
    other.bar.onTrainEpochEnd(other.trainer);
    expect(other.written()).toBe("");
    const { bar, batch, begin, written } = setUp({ lineMs: 0 });
    bar.disable();
    begin();
    batch(0);
    expect([bar.isEnabled, written()]).toEqual([false, ""]);
    bar.enable();
    batch(1);
    expect([bar.isEnabled, written()]).toEqual([true, "Epoch 0/2  2/4  0:02 < 0:02  1.0 batches/s\n"]);
    expect(new ProgressBar({ refreshRate: 0 }).isEnabled).toBe(false);
  });

  it("are descriptions that a subclass changes", () => {
    class Mine extends ProgressBar {
      override get trainDescription() {
        return `Round ${this.trainer.currentEpoch + 1}`;
      }
      override get testDescription() {
        return "Exam";
      }
    }
    const bar = new Mine({ lineMs: 0 });
    expect(() => bar.trainDescription).toThrow("This Mine has seen no run yet");
    const { clock, trainer, written } = setUp({}, { currentEpoch: 1 });
    bar.setup(trainer);
    bar.onTrainEpochStart(trainer);
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("Round 2  0/4  0:00\n");
    bar.onTestStart(trainer);
    clock.advance(1000);
    bar.onTestBatchEnd(trainer);
    expect(written()).toBe("Exam  1/4  0:01 < 0:03  1.0 batches/s\n");
  });

  it("are totals: of an epoch that maxSteps ends, and of the loader that is read", () => {
    const changes = { maxEpochs: -1, maxSteps: 10, globalStep: 8, numTestBatches: [7, 9], numPredictBatches: [5, 6] };
    const { bar, parts, trainer, written } = setUp({}, changes);
    bar.setup(trainer);
    expect(bar.totalTrainBatches).toBe(2);
    bar.onTrainEpochStart(trainer);
    bar.onTrainEpochEnd(trainer);
    expect(written()).toBe("Epoch 0  0/2  0:00\n");
    bar.onValidationBatchStart(trainer, MODULE, undefined, 0, 1);
    const totals = () => [bar.totalValBatchesCurrentDataloader, bar.totalTestBatchesCurrentDataloader];
    expect([...totals(), bar.totalPredictBatchesCurrentDataloader]).toEqual([3, 9, 6]);
    parts.sanityChecking = true;
    expect(bar.totalValBatchesCurrentDataloader).toBe(1);
    Object.assign(parts, { maxEpochs: 3 });
    expect(bar.totalTrainBatches).toBe(4);
  });

  it("is print, which goes through the Trainer", () => {
    const printed: unknown[] = [];
    const { bar, trainer } = setUp({}, { print: (...values: unknown[]) => void printed.push(...values) });
    bar.setup(trainer);
    bar.print("a", 1);
    expect(printed).toEqual(["a", 1]);
  });
});

describe("lines elsewhere", () => {
  it("are those of the validation while it runs, without the epoch's metrics", () => {
    const { bar, batch, begin, clock, trainer, written } = setUp(
      { lineMs: 1000 },
      { progressBarMetrics: { loss: 0.5 } },
    );
    begin();
    batch(0);
    expect(written()).toBe("Epoch 0/2  1/4  0:01 < 0:03  1.0 batches/s  loss=0.500\n");
    bar.onValidationStart(trainer);
    clock.advance(1000);
    bar.onValidationBatchEnd(trainer);
    expect(written()).toBe("Validating  1/5  0:01 < 0:04  1.0 batches/s\n");
  });

  it("are as long as what they say", () => {
    const progressBarMetrics = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a_long_name_${i}`, i]));
    const { bar, begin, trainer, written } = setUp({}, { progressBarMetrics });
    begin();
    bar.onTrainEpochEnd(trainer);
    expect(written().split("\n")).toHaveLength(2);
  });
});

describe("what the progress bar is told", () => {
  it("is a whole number of batches, and nothing that it does not know", () => {
    for (const refreshRate of [-1, 0.5])
      expect(() => new ProgressBar({ refreshRate })).toThrow(
        `ProgressBar cannot use this refreshRate. Expected a whole number of batches, or 0 to show nothing. Received ${refreshRate}.`,
      );
    expect(() => new TQDMProgressBar({ processPosition: 1 })).toThrow(
      "TQDMProgressBar cannot stand below other programs' bars. Expected processPosition 0.",
    );
    expect(() => new TQDMProgressBar({ processPosition: 0, refreshRate: 1, leave: true })).not.toThrow();
    expect(() => new TQDMProgressBar({ refreshMs: 1 } as TQDMProgressBarOptions)).toThrow(
      'TQDMProgressBar has no option "refreshMs". Expected one of refreshRate, processPosition, leave.',
    );
  });

  it.each([
    ["version-12", "n-12"],
    [7, 7],
  ])("of a logger of version %s is shown as %s", (version, shown) => {
    const { bar, trainer } = setUp({}, { logger: { version }, progressBarMetrics: { loss: 1 } });
    expect(bar.getMetrics(trainer)).toEqual({ v_num: shown, loss: 1 });
  });
});
