import { DataLoader, optim } from "@lightning-ts/core";
import type { Logger } from "@lightning-ts/fabric";
import { BoringModel, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { TrainerOptions } from "../options/trainer-options.js";
import { LambdaCallback } from "./lambda-callback.js";
import { LearningRateMonitor, type LearningRateMonitorOptions } from "./learning-rate-monitor.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

async function run(model: BoringModel, options: LearningRateMonitorOptions, trainerOptions: TrainerOptions = {}) {
  const rows: [number | undefined, Readonly<Record<string, number>>][] = [];
  const logger: Logger = {
    kind: "logger",
    name: "",
    version: 0,
    groupSeparator: "/",
    logHyperparams: () => undefined,
    open: () => Promise.resolve(),
    save: () => Promise.resolve(),
    finalize: () => Promise.resolve(),
    logMetrics: (metrics, step) => void rows.push([step, metrics]),
  };
  const monitor = new LearningRateMonitor(options);
  await quietTrainer({ maxEpochs: 2, logger, logEveryNSteps: 1, callbacks: monitor, ...trainerOptions }).fit(
    model,
    new DataLoader(randomDataset({ length: 2 })),
  );
  return { rows, monitor };
}

class Scheduled extends BoringModel {
  constructor(readonly interval: "step" | "epoch") {
    super();
  }
  override configureOptimizers() {
    const optimizer = new optim.Adam(
      [
        { params: [this.layer.weight], lr: 1 },
        { params: [this.layer.bias ?? this.layer.weight], lr: 2 },
      ],
      { weightDecay: 0.1 },
    );
    return {
      optimizer,
      lrScheduler: {
        scheduler: new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 }),
        interval: this.interval,
      },
    };
  }
}

describe("the learning-rate monitor", () => {
  it("follows the interval of the scheduler, with a name for each group", async () => {
    const { rows } = await run(new Scheduled("epoch"), {});
    expect(rows).toEqual([
      [0, { "lr-Adam/pg1": 1, "lr-Adam/pg2": 2 }],
      [2, { "lr-Adam/pg1": 0.5, "lr-Adam/pg2": 1 }],
    ]);
    expect((await run(new Scheduled("step"), {})).rows.map(([step, row]) => [step, row["lr-Adam/pg1"]])).toEqual([
      [0, 1],
      [1, 0.5],
      [2, 0.25],
      [3, 0.125],
    ]);
  });

  it("logs optimizers without a scheduler, momentum and weight decay", async () => {
    class Plain extends BoringModel {
      override configureOptimizers() {
        return new optim.SGD(this.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 0.01 });
      }
    }
    const { rows, monitor } = await run(new Plain(), { logMomentum: true, logWeightDecay: true, logKeyPrefix: "opt/" });
    expect(rows[0]?.[1]).toEqual({ "opt/lr-SGD": 0.1, "opt/lr-SGD-momentum": 0.9, "opt/lr-SGD-weight_decay": 0.01 });
    // At the start of both epochs and at each of their two steps.
    expect(rows.map(([step]) => step)).toEqual([0, 0, 1, 2, 2, 3]);
    expect(monitor.lrs["opt/lr-SGD"]).toEqual([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
  });

  it("calls groups by their names, and refuses two with the same", async () => {
    class Grouped extends BoringModel {
      constructor(readonly names: readonly (string | undefined)[]) {
        super();
      }
      override configureOptimizers() {
        const params = [this.layer.weight, this.layer.bias ?? this.layer.weight];
        return new optim.SGD(
          this.names.map((name, index) => ({ params: params.slice(index, index + 1), name, lr: index + 1 })),
        );
      }
    }
    const epoch = { loggingInterval: "epoch" } as const;
    expect((await run(new Grouped(["backbone", undefined]), epoch)).rows[0]?.[1]).toEqual({
      "lr-SGD/backbone": 1,
      "lr-SGD/pg2": 2,
    });
    expect((await run(new Grouped(["head"]), epoch)).rows[0]?.[1]).toEqual({ "lr-SGD/head": 1 });
    await expect(run(new Grouped(["head", "head"]), epoch)).rejects.toThrow(/groups of SGD are called "head"/);
    await expect(run(new Grouped(["pg2", undefined]), epoch)).rejects.toThrow(/are called "pg2"/);
  });

  it("names an optimizer by its stable name, whatever a bundler makes of its class", async () => {
    class _SGD extends optim.SGD {
      static override readonly stateName = "SGD";
    }
    class Bundled extends BoringModel {
      override configureOptimizers() {
        return new _SGD(this.parameters(), { lr: 1 });
      }
    }
    const { monitor } = await run(new Bundled(), { loggingInterval: "epoch" });
    expect(Object.keys(monitor.lrs)).toEqual(["lr-SGD"]);
    const classes = Object.entries(optim).filter(([, value]) =>
      Object.prototype.isPrototypeOf.call(optim.Optimizer, value),
    );
    expect(classes.length).toBeGreaterThan(10);
    for (const [name, value] of classes)
      expect(Object.hasOwn(value, "stateName") && value).toHaveProperty("stateName", name);
  });

  it("follows groups that are added while it runs", async () => {
    class Grows extends BoringModel {
      override configureOptimizers() {
        return new optim.SGD([this.layer.weight], { lr: 1 });
      }
      override onTrainEpochEnd() {
        if (this.currentEpoch === 0 && this.layer.bias) this.optimizers().addParamGroup({ params: [this.layer.bias] });
      }
    }
    const { monitor } = await run(new Grows(), { loggingInterval: "epoch" });
    expect(monitor.lrs).toEqual({ "lr-SGD/pg1": [1, 1], "lr-SGD/pg2": [1] });
  });

  it("logs everything at the interval that it is told, and only there", async () => {
    const rates = async (interval: "step" | "epoch", loggingInterval: "step" | "epoch") =>
      (await run(new Scheduled(interval), { loggingInterval })).rows.map(([step, row]) => [step, row["lr-Adam/pg1"]]);
    expect(await rates("epoch", "step")).toEqual([
      [0, 1],
      [1, 1],
      [2, 0.5],
      [3, 0.5],
    ]);
    expect(await rates("step", "epoch")).toEqual([
      [0, 1],
      [2, 0.25],
    ]);
  });

  it("logs as seldom as the Trainer does, and never where that logs nothing", async () => {
    const steps = async (logEveryNSteps: number) =>
      (await run(new Scheduled("step"), {}, { logEveryNSteps })).rows.map(([step]) => step);
    expect([await steps(2), await steps(3), await steps(0)]).toEqual([[1, 3], [2], []]);
  });

  it("logs once more when training is about to stop", async () => {
    class Stops extends Scheduled {
      override onTrainBatchEnd() {
        if (this.trainer.globalStep === 1) this.trainer.shouldStop = true;
      }
    }
    const { rows } = await run(new Stops("step"), {}, { logEveryNSteps: 50, minSteps: 3 });
    expect(rows.map(([step]) => step)).toEqual([1, 2]);
  });

  it("numbers optimizers whose names repeat, those with a scheduler first", async () => {
    class Several extends BoringModel {
      override configureOptimizers() {
        const make = (lr: number) => new optim.SGD([this.layer.weight], { lr });
        const scheduled = make(3);
        return [
          [make(1), make(2), scheduled],
          [{ scheduler: new optim.lrScheduler.StepLR(scheduled, { stepSize: 9 }), interval: "epoch" as const }],
        ] as never;
      }
      override automaticOptimization = false;
      override trainingStep() {
        return undefined as never;
      }
    }
    const { rows } = await run(new Several(), { loggingInterval: "epoch" });
    expect(rows[0]?.[1]).toEqual({ "lr-SGD": 3, "lr-SGD-1": 1, "lr-SGD-2": 2 });
  });

  it("needs a logger, and says so", async () => {
    await expect(run(new BoringModel(), {}, { logger: false })).rejects.toThrow(
      /LearningRateMonitor has no logger to write to\. Try: new Trainer\(\{ logger: true \}\)\./,
    );
  });

  it("refuses intervals and options that it does not have", () => {
    expect(() => new LearningRateMonitor({ loggingInterval: "batch" as "step" })).toThrow(
      /^LearningRateMonitor does not know this loggingInterval\. Expected "step" or "epoch"\. Received batch\.$/,
    );
    expect(() => new LearningRateMonitor({ interval: "step" } as LearningRateMonitorOptions)).toThrow(
      /^LearningRateMonitor has no option "interval"\. Expected one of loggingInterval, logMomentum, logWeightDecay, logKeyPrefix\./,
    );
    expect(new LearningRateMonitor({ loggingInterval: "step" }).lrs).toEqual({});
    expect(new LearningRateMonitor({ loggingInterval: "epoch" }).lrs).toEqual({});
  });
});

it("a lambda callback refuses names that are no hooks", () => {
  expect(() => new LambdaCallback({ onTrainBegin: () => undefined } as object)).toThrow(
    /onTrainBegin.*no hook.*did you mean that/s,
  );
});
