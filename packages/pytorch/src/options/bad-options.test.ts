import { MisconfigurationError } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { ModelSummary } from "../callbacks/model-summary.js";
import { ProgressBar } from "../callbacks/progress-bar.js";
import { Timer } from "../callbacks/timer.js";
import { CombinedLoader } from "../data/combined-loader.js";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "./trainer-options.js";

describe("options of a Trainer", () => {
  it("are all reported at once, with the nearest right name", () => {
    const options = {
      max_epochs: 3,
      limitTrainBatches: -1,
      gradientClipVal: Number.NaN,
      valCheckInterval: 0,
      accelerator: "gpuu",
      logEveryNSteps: 1.5,
    } as unknown as TrainerOptions;
    expect(() => new Trainer(options)).toThrow(MisconfigurationError);
    try {
      new Trainer(options);
    } catch (error) {
      const message = String(error);
      expect(message).toContain("6 problems");
      expect(message).toMatch(/max_epochs: there is no such option \(did you mean maxEpochs\?\)/);
      expect(message).toMatch(/limitTrainBatches: expected a whole number of batches .* received -1/);
      expect(message).toMatch(/gradientClipVal: expected a number of at least 0, received NaN/);
      expect(message).toMatch(/valCheckInterval: expected .* received 0/);
      expect(message).toMatch(/logEveryNSteps: .*received 1\.5/);
      expect(message).toMatch(/accelerator.*"gpuu"/);
    }
  });

  it("that only Lightning has say what stands in for them", () => {
    const options = { deterministic: "yes", accelerator: "tpu", strategy: "deepspeed" } as unknown as TrainerOptions;
    expect(() => new Trainer(options)).toThrow(/deterministic: there is no such option \(every run is/);
    expect(() => new Trainer(options)).toThrow(/There is no accelerator "tpu".*processors and GPUs compute here/);
    expect(() => new Trainer(options)).toThrow(/The strategy "deepspeed" does not exist yet.*"fsdp"/);
  });

  it("that are fine by themselves but not together are reported with the others", () => {
    const options = {
      maxEpoch: 1,
      limitValBatches: -1,
      numNodes: 1.5,
      minEpochs: 5,
      maxEpochs: 2,
      enableCheckpointing: false,
      callbacks: [new ModelCheckpoint()],
    };
    expect(() => new Trainer(options)).toThrow(/5 problems/);
    expect(() => new Trainer(options)).toThrow(/minEpochs 5 is more than maxEpochs 2/);
    expect(() => new Trainer(options)).toThrow(/enableCheckpointing is false, but callbacks has a checkpoint callback/);
  });

  it.each([[null], [3], ["fast"], [[]]])("are an object, not %j", (options) => {
    expect(() => new Trainer(options as TrainerOptions)).toThrow(/new Trainer\(\) takes an object of options/);
  });

  it.each<[string, RegExp, () => unknown]>([
    [
      "a threshold",
      /stoppingThreshold must be a number, received NaN/,
      () => new EarlyStopping({ monitor: "a", stoppingThreshold: Number.NaN }),
    ],
    [
      "a kind of last",
      /true, false or "link" for saveLast. Received "yes"/,
      () => new ModelCheckpoint({ saveLast: "yes" as "link" }),
    ],
    [
      "a file name",
      /a pattern for filename.*Received 3/,
      () => new ModelCheckpoint({ filename: 3 as unknown as string }),
    ],
    [
      "a format in a file name",
      /formats such as :02d.*Received :zz/,
      () => new ModelCheckpoint({ filename: "{epoch:02d}-{val_loss:zz}" }),
    ],
    ["a timer's interval", /"step" or "epoch".*Received "batch"/, () => new Timer({ interval: "batch" as "step" })],
    ["a depth", /whole number of at least 0, or -1.*Received -2/, () => new ModelSummary({ maxDepth: -2 })],
    [
      "a way to combine loaders",
      /does not know this mode.*Received "shortest"/,
      () => new CombinedLoader([], "shortest" as "min_size"),
    ],
  ])("of a part refuse %s that there is not", (_name, message, make) => {
    expect(make).toThrow(message);
  });

  it.each<[string, RegExp, TrainerOptions]>([
    ["NaN epochs", /maxEpochs: .*received NaN/, { maxEpochs: Number.NaN }],
    ["fewer than no limit", /maxEpochs: .*received -2/, { maxEpochs: -2 }],
    ["negative steps", /maxSteps: .*received -7/, { maxSteps: -7 }],
    ["a fraction above 1", /limitValBatches: .*received 1\.5/, { limitValBatches: 1.5 }],
    ["null", /logger: null is not accepted/, { logger: null as unknown as boolean }],
    [
      "null for a number",
      /maxEpochs: null is not accepted; leave it out for the default$/,
      { maxEpochs: null as unknown as number },
    ],
    [
      "null where Python's None has a meaning",
      /checkValEveryNEpoch: null .*or say false \(.*`false` counts `valCheckInterval` in batches across epochs/,
      { checkValEveryNEpoch: null as unknown as number },
    ],
    ["accumulation of nothing", /accumulateGradBatches: .*received 0/, { accumulateGradBatches: 0 }],
    [
      "an unknown clipping",
      /gradientClipAlgorithm: expected "norm" or "value", received "normal"/,
      { gradientClipAlgorithm: "normal" as "norm" },
    ],
    ["a time without parts", /maxTime: .*received \{ mins: 1 \}/, { maxTime: { mins: 1 } as object }],
    [
      "the same callback twice",
      /has the same object twice/,
      {
        callbacks: (() => {
          const callback = new Timer();
          return [callback, callback];
        })(),
      },
    ],
    ["a time that is none", /maxTime: .*DD:HH:MM:SS/, { maxTime: "two hours" }],
    [
      "a callback that is a function",
      /callbacks: expected a Callback/,
      { callbacks: (() => undefined) as unknown as ModelCheckpoint },
    ],
    [
      "checkpoints that are switched off and asked for",
      /enableCheckpointing is false, but callbacks has a checkpoint callback/,
      { enableCheckpointing: false, callbacks: new ModelCheckpoint() },
    ],
    [
      "two progress bars",
      /2 progress bars: keep one/,
      { enableProgressBar: true, callbacks: [new ProgressBar(), new ProgressBar()] },
    ],
    [
      "two callbacks with one state key",
      /two with the state key/,
      { enableCheckpointing: true, callbacks: [new ModelCheckpoint(), new ModelCheckpoint()] },
    ],
    ["barebones with what it switches off", /barebones switches fastDevRun off/, { barebones: true, fastDevRun: true }],
    [
      "a fraction across epochs",
      /valCheckInterval must be a whole number of batches or a time/,
      { checkValEveryNEpoch: false },
    ],
  ])("refuse %s", (_name, message, options) => {
    expect(() => new Trainer(options)).toThrow(message);
  });
});
