import { describe, expect, it } from "vitest";
import { MODULE, setUp } from "./bar-under-test.js";
import { ProgressBar } from "./progress-bar.js";
import { TQDMProgressBar } from "./tqdm-progress-bar.js";

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
    const { bar, batch, parts, trainer, written } = setUp({}, changes);
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
    Object.assign(parts, { accumulateGradBatches: 3, numTrainingBatches: 100 });
    expect(bar.totalTrainBatches).toBe(6);
    batch(1, 0);
    expect(bar.totalTrainBatches).toBe(6); // two batches of the first window
    Object.assign(parts, { globalStep: 9 });
    batch(3, 0);
    expect(bar.totalTrainBatches).toBe(6);
    Object.assign(parts, { maxEpochs: 3, numTrainingBatches: 4 });
    expect(bar.totalTrainBatches).toBe(4);
  });

  it("are those of an epoch that is resumed within, where only its later batches are heard of", () => {
    const { bar, batch, trainer, written } = setUp({ lineMs: 0 }, { numTrainingBatches: 8 });
    bar.setup(trainer);
    bar.onTrainStart(trainer);
    batch(5);
    expect(written()).toBe("Epoch 0/2  6/8  0:00\n");
    batch(6, 2000);
    expect(written()).toBe("Epoch 0/2  7/8  0:02 < 0:02  2.0 s/batch\n");
  });

  it("is print, which goes through the Trainer", () => {
    const printed: unknown[] = [];
    const { bar, trainer } = setUp({}, { print: (...values: unknown[]) => void printed.push(...values) });
    bar.setup(trainer);
    bar.print("a", 1);
    expect(printed).toEqual(["a", 1]);
  });
});

describe("TQDM_MINITERS", () => {
  /** After which batches a bar with this refreshRate is drawn. */
  function drawnAfter(refreshRate: number, given: string | undefined): number[] {
    const environment = { get: (name: string) => (name === "TQDM_MINITERS" ? given : undefined) };
    const { clock, trainer, written } = setUp({}, { isInteractive: true, numTrainingBatches: 12 });
    Object.assign(trainer.ports, { environment });
    const bar = new TQDMProgressBar({ refreshRate });
    bar.setup(trainer);
    bar.onTrainEpochStart(trainer);
    return Array.from({ length: 12 }, (_, batchIdx) => {
      clock.advance(1000);
      bar.onTrainBatchEnd(trainer, MODULE, {}, undefined, batchIdx);
      return written() === "" ? 0 : batchIdx + 1;
    }).filter((batch) => batch > 0);
  }

  it("makes TQDMProgressBar draw less often, and never more often", () => {
    expect(drawnAfter(4, undefined)).toEqual([4, 8, 12]);
    expect(drawnAfter(1, "6")).toEqual([6, 12]);
    expect(drawnAfter(6, "2")).toEqual([6, 12]);
    expect(drawnAfter(4, "")).toEqual([4, 8, 12]);
    expect(drawnAfter(0, "6")).toEqual([]);
  });

  it("is refused where it is no number", () => {
    for (const given of ["often", "-1", "1.5"])
      expect(() => drawnAfter(1, given)).toThrow(
        `TQDM_MINITERS is no number of batches. Expected a whole number of batches. Received ${JSON.stringify(given)}`,
      );
  });
});
