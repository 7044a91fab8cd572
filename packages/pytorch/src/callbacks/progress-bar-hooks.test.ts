import { describe, expect, it } from "vitest";
import { setUp } from "./bar-under-test.js";
import { ProgressBar } from "./progress-bar.js";
import { TQDMProgressBar, type TQDMProgressBarOptions } from "./tqdm-progress-bar.js";

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
