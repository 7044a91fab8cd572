import { FakeClock, FakeTerminal } from "@lightning-ts/testing";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { ProgressBar, type ProgressBarOptions } from "./progress-bar.js";

export const MODULE: LightningModule = Object({});
const CLEAR = "\r\u001b[2K";

/** A bar, as much of a Trainer as it looks at, and what it writes. */
export function setUp(options: ProgressBarOptions = {}, changes: object = {}) {
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
    accumulateGradBatches: 1,
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
