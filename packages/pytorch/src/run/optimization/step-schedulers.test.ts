import { Messages } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Driver } from "../../door/driver.js";
import { wait, type Steps } from "../../door/steps.js";
import type { ResolvedScheduler } from "../../words/scheduler-config.js";
import type { Session } from "../session/session.js";
import { SchedulerStepper } from "./step-schedulers.js";

interface Setting {
  readonly epoch?: number;
  readonly globalStep?: number;
  readonly totalBatches?: number;
  readonly schedulerFrequencyUnit?: string;
  readonly automaticOptimization?: boolean;
  readonly metrics?: Readonly<Record<string, number>>;
  /** What brings the metrics up to date. */
  readonly refresh?: () => void;
}

const scheduler = (name: string, config: Partial<ResolvedScheduler> = {}): ResolvedScheduler => ({
  scheduler: Object({ name }),
  interval: "epoch",
  frequency: 1,
  monitor: undefined,
  strict: true,
  name: undefined,
  reduceOnPlateau: false,
  ...config,
});

/** A stepper, and the names and metrics of the schedulers that it stepped. */
function setUp(schedulers: readonly ResolvedScheduler[], setting: Setting = {}) {
  const stepped: unknown[] = [];
  const checked: unknown[] = [];
  const terminal = new FakeTerminal();
  const { metrics = {}, automaticOptimization = true } = setting;
  const session: Session = Object({
    door: {
      call: (_owner: object, method: string, one: { readonly name: string }, metric: number | undefined) =>
        wait(stepped.push(metric === undefined ? one.name : [one.name, metric, method])),
    },
    module: { automaticOptimization },
    plan: { schedulerFrequencyUnit: setting.schedulerFrequencyUnit ?? "steps" },
    state: {
      cursor: {
        epoch: setting.epoch ?? 0,
        globalStep: setting.globalStep ?? 0,
        totalBatches: setting.totalBatches ?? 0,
      },
      describePosition: () => "here",
    },
    messages: new Messages(terminal),
    numbers: { checkMetric: (...args: unknown[]) => void checked.push(args) },
    logging: {
      refresh: setting.refresh ?? (() => undefined),
      published: { callback: { read: (name: string) => metrics[name], names: () => Object.keys(metrics) } },
    },
  });
  const stepper = new SchedulerStepper(session, schedulers);
  const run = (steps: Steps<void>) => {
    void new Driver().run(steps);
    return stepped.splice(0);
  };
  return { stepper, run, checked, warnings: terminal.warnings };
}

const NORMAL = { plateau: false };
const PLATEAU = { plateau: true };

describe("schedulers after a batch", () => {
  const all = [
    scheduler("epoch"),
    scheduler("step", { interval: "step" }),
    scheduler("batch", { interval: "batch" }),
    scheduler("third step", { interval: "step", frequency: 3 }),
    scheduler("third batch", { interval: "batch", frequency: 3 }),
  ];

  it("step with the optimizer, or with every batch, as often as they are told", () => {
    const { stepper, run } = setUp(all, { globalStep: 2, totalBatches: 3 });
    expect(run(stepper.afterBatch(2, true, NORMAL))).toEqual(["step", "batch", "third batch"]);
    const later = setUp(all, { globalStep: 3, totalBatches: 4 });
    expect(later.run(later.stepper.afterBatch(2, true, NORMAL))).toEqual(["step", "batch", "third step"]);
  });

  it("wait for the end of a window, unless they step with every batch", () => {
    const { stepper, run } = setUp(all, { globalStep: 3, totalBatches: 3 });
    expect(run(stepper.afterBatch(2, false, NORMAL))).toEqual(["batch", "third batch"]);
  });

  it("may count the batches of the epoch instead of the steps", () => {
    const { stepper, run } = setUp(all, { globalStep: 4, totalBatches: 4, schedulerFrequencyUnit: "batches" });
    expect(run(stepper.afterBatch(2, true, NORMAL))).toEqual(["step", "batch", "third step"]);
    expect(run(stepper.afterBatch(3, true, NORMAL))).toEqual(["step", "batch"]);
  });

  it("that reduce on a plateau step at another moment than the others", () => {
    const plateau = scheduler("plateau", { interval: "step", reduceOnPlateau: true, monitor: "loss" });
    const { stepper, run, checked } = setUp([scheduler("step", { interval: "step" }), plateau], {
      globalStep: 1,
      metrics: { loss: 0.5 },
    });
    expect(run(stepper.afterBatch(0, true, NORMAL))).toEqual(["step"]);
    expect(run(stepper.afterBatch(0, true, PLATEAU))).toEqual([["plateau", 0.5, "lrSchedulerStep"]]);
    expect(checked).toEqual([["loss", 0.5, "here"]]);
  });
});

describe("schedulers after an epoch", () => {
  const all = [
    scheduler("epoch"),
    scheduler("second epoch", { frequency: 2 }),
    scheduler("step", { interval: "step" }),
    scheduler("plateau", { reduceOnPlateau: true, monitor: "loss" }),
  ];

  it("step as often as they are told", () => {
    const first = setUp(all, { epoch: 0 });
    expect(first.run(first.stepper.afterEpoch(NORMAL))).toEqual(["epoch"]);
    const third = setUp([scheduler("third epoch", { frequency: 3 })], { epoch: 2 });
    expect(third.run(third.stepper.afterEpoch(NORMAL))).toEqual(["third epoch"]);
    const second = setUp(all, { epoch: 1, metrics: { loss: 2 } });
    expect(second.run(second.stepper.afterEpoch(NORMAL))).toEqual(["epoch", "second epoch"]);
    expect(second.run(second.stepper.afterEpoch(PLATEAU))).toEqual([["plateau", 2, "lrSchedulerStep"]]);
  });
});

it("a plateau is looked for in metrics that are up to date, by those alone that look for one", () => {
  const metrics: Record<string, number> = { loss: 5 };
  let refreshed = 0;
  const refresh = () => {
    refreshed += 1;
    metrics["loss"] = 4;
  };
  const all = [
    scheduler("watching", { monitor: "loss" }),
    scheduler("plateau", { reduceOnPlateau: true, monitor: "loss" }),
  ];
  const { stepper, run } = setUp(all, { metrics, refresh });
  expect([run(stepper.afterEpoch(NORMAL)), refreshed]).toEqual([["watching"], 0]);
  expect([run(stepper.afterEpoch(PLATEAU)), refreshed]).toEqual([[["plateau", 4, "lrSchedulerStep"]], 1]);
});

it("schedulers are left to the module where it optimizes by itself", () => {
  const { stepper, run } = setUp([scheduler("epoch"), scheduler("batch", { interval: "batch" })], {
    automaticOptimization: false,
  });
  expect([...run(stepper.afterEpoch(NORMAL)), ...run(stepper.afterBatch(0, true, NORMAL))]).toEqual([]);
});

describe("a metric that was not logged", () => {
  const plateau = (config: Partial<ResolvedScheduler> = {}) =>
    scheduler("plateau", { reduceOnPlateau: true, monitor: "val_los", ...config });
  const refusal = (metrics: Readonly<Record<string, number>>) => {
    const { stepper, run } = setUp([plateau()], { metrics });
    try {
      return run(stepper.afterEpoch(PLATEAU));
    } catch (error) {
      return error;
    }
  };

  it("is refused, with the nearest name or what to do", () => {
    expect(refusal({ val_loss: 1, acc: 2 })).toMatchObject({
      code: "LIT_MONITOR",
      message:
        'ReduceLROnPlateau watches "val_los", which was not logged. Expected one of val_loss, acc. Try: monitor: "val_loss".',
    });
    expect(refusal({})).toMatchObject({
      message:
        'ReduceLROnPlateau watches "val_los", which was not logged. Expected one of (nothing is logged). Try: log("val_los", …), or strict: false.',
    });
  });

  it("leaves the learning rate as it is where it need not be there", () => {
    const { stepper, run, warnings } = setUp([plateau({ strict: false })]);
    expect(run(stepper.afterEpoch(PLATEAU))).toEqual([]);
    expect(warnings).toEqual([
      'Warning: ReduceLROnPlateau watches "val_los", which was not logged; the learning rate stays.',
    ]);
    const two = setUp([plateau({ strict: false }), plateau({ strict: false, monitor: "acc" })]);
    two.run(two.stepper.afterEpoch(PLATEAU));
    two.run(two.stepper.afterEpoch(PLATEAU));
    expect(two.warnings.map((warning) => warning.slice(9, 44))).toEqual([
      'ReduceLROnPlateau watches "val_los"',
      'ReduceLROnPlateau watches "acc", wh',
    ]);
    const nothing = setUp([plateau({ monitor: undefined })]);
    expect(nothing.run(nothing.stepper.afterEpoch(PLATEAU))).toEqual([]);
  });
});
