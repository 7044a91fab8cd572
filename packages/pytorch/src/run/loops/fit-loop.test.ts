import { Metric, resolveBackend, tf } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait } from "../../door/steps.js";
import { fitLoop } from "./fit-loop.js";
import { dataUnderTest, loaderOf, sessionUnderTest, type SessionOptions } from "./session-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  override trainingStep(): tf.Tensor {
    return tf.scalar(1);
  }
  override backward(): void {}
}

interface Setting extends Partial<SessionOptions> {
  readonly loader?: object;
  readonly reloads?: number;
}

function setUp({ loader = loaderOf("a"), reloads = 0, ...rest }: Setting = {}) {
  const epochs: string[] = [];
  const told = Object.assign(loader, { setEpoch: (epoch: number) => void epochs.push(`epoch ${epoch}`) });
  const data = dataUnderTest(told);
  const under = sessionUnderTest({
    module: new Net(),
    maxEpochs: 1,
    ...rest,
    plan: { reloadDataloadersEveryNEpochs: reloads, ...rest.plan },
    parts: {
      stepper: { optimizers: [] },
      trainData: data,
      trainLoadedAt: 0,
      loadTrainData: () => {
        under.calls.push("loadTrainData");
        return wait(void Reflect.set(under.session, "trainLoadedAt", under.state.cursor.epoch));
      },
      openEpoch: () => data.openTraining(under.state.cursor.batch),
      rememberLoaders: () => undefined,
      ...rest.parts,
    },
  });
  const fit = () => under.run(fitLoop(under.session));
  return { ...under, epochs, fit };
}

/** The calls outside of batches. */
const outside = (calls: readonly string[]) =>
  calls.filter((call) => !/^(onTrainBatch|onBefore|onAfter|numbers.takeLoss|schedulers after batch|max: )/.test(call));

describe("a fit", () => {
  it("trains epochs in one order", async () => {
    const { fit, calls, state, epochs } = setUp();
    expect(await fit()).toBe("maxEpochs 1 reached");
    expect(outside(calls)).toEqual([
      "logging.beginTraining",
      "onTrainStart() batch 0000 0000, epochStart",
      "agree: stop at epoch 0, batch 0 (global step 0)",
      "logging.beginTraining",
      "onTrainEpochStart() batch 0000 0000, epochStart",
      "agree: stop at epoch 0, batch 0 (global step 0)",
      "logging.beginBatch(a', undefined)",
      "schedulers after epoch false",
      "backend.submit",
      "agree: stop at epoch 0, batch 0 (global step 1)",
      "numbers.look",
      "agree: interruption at epoch 0, batch 1 (global step 1)",
      "breath.take",
      "backend.synchronize",
      "numbers.lookAtAll",
      "logging.reachTrainingEnd",
      "onTrainEpochEnd() batch 1111 1111, epochEnd",
      "logging.refresh",
      "schedulers after epoch true",
      "logging.endTrainingEpoch({ sends })",
      "loggers.save",
      "agree: stop at epoch 1, batch 0 (global step 1)",
      "onTrainEnd() batch 1111 1111, epochStart",
    ]);
    expect(state.runningStage).toBe("train");
    expect(state.progress.epoch.total).toEqual({ ready: 1, started: 1, processed: 1, completed: 1 });
    expect(epochs).toEqual(["epoch 0"]);
  });

  it("counts the points of an epoch as it comes to them", async () => {
    const seen: string[] = [];
    const under = setUp({
      onHook: (name) => {
        const { ready, started, processed, completed } = under.state.progress.epoch.current;
        if (/^onTrain(Epoch)?(Start|End)$/.test(name))
          seen.push(`${name} ${[ready, started, processed, completed].join("")}`);
      },
    });
    await under.fit();
    expect(seen).toEqual(["onTrainStart 0000", "onTrainEpochStart 1000", "onTrainEpochEnd 1110", "onTrainEnd 1111"]);
  });

  it("counts batches from the beginning in each epoch, and its validations' too", async () => {
    const { fit, state } = setUp({ maxEpochs: 2 });
    state.progress.fitValidate.reach("ready");
    await fit();
    expect(state.progress.batch).toMatchObject({ total: { ready: 2 }, current: { ready: 1 } });
    expect(state.progress.fitValidate.total.ready).toBe(0);
  });

  it("is over at once where nothing is left to do, without a hook", async () => {
    const { fit, calls } = setUp({ maxEpochs: 0 });
    expect([await fit(), calls]).toEqual(["maxEpochs 0 reached", []]);
  });

  it("ends before its first epoch where onTrainStart asks for it", async () => {
    const under = setUp({ onHook: (name) => void (name === "onTrainStart" && (under.state.shouldStop = true)) });
    expect(await under.fit()).toBe("a hook asked to stop");
    expect(under.calls.some((call) => call.startsWith("onTrainEpochStart"))).toBe(false);
    expect(under.calls.at(-1)).toBe("onTrainEnd() batch 0000 0000, epochStart");
  });

  it("ends where an epoch had no batches, which would go on for ever", async () => {
    const { fit, terminal, state } = setUp({
      maxEpochs: -1,
      loader: { [Symbol.iterator]: () => [][Symbol.iterator]() },
    });
    expect(await fit()).toBe("the training loader gave no batches");
    expect(terminal.warnings).toEqual([
      "Warning: The training loader gave no batches in epoch 0. A generator can be read once only: pass an array, a DataLoader, or an object whose [Symbol.iterator]() starts again.",
    ]);
    expect(state.cursor.epoch).toBe(1);
  });

  it("goes on where an epoch in the middle was left at once", async () => {
    const { fit } = setUp({ maxEpochs: 3 });
    expect(await fit()).toBe("maxEpochs 3 reached");
  });
});

describe("a fit that resumes", () => {
  it("in an epoch finishes that one, whatever else is reached", async () => {
    const { fit, calls, state, epochs } = setUp({ maxEpochs: 1, loader: loaderOf("a", "b") });
    state.restore({ ...state.cursor, epoch: 1, batch: 1, totalBatches: 3, phase: "betweenBatches" });
    expect(await fit()).toBe("maxEpochs 1 reached");
    expect(calls.slice(0, 3)).toEqual([
      "logging.goOnTraining",
      "onTrainStart() batch 3333 1111, betweenBatches",
      "agree: stop at epoch 1, batch 1 (global step 0)",
    ]);
    expect(calls.some((call) => call.startsWith("onTrainEpochStart"))).toBe(false);
    expect(calls).toContain("logging.beginBatch(b', undefined)");
    expect(epochs).toEqual(["epoch 1"]);
  });

  it("in an epoch that has no batches left is not one whose loader gave none", async () => {
    const { fit, terminal, state } = setUp({ maxEpochs: 2, loader: loaderOf("a") });
    state.restore({ ...state.cursor, batch: 1, totalBatches: 1, phase: "betweenBatches" });
    expect(await fit()).toBe("maxEpochs 2 reached");
    expect(terminal.warnings).toEqual([]);
  });
});

describe("the end of an epoch", () => {
  it("that was cut steps no plateau schedulers, and the position says where", async () => {
    const under = setUp({
      loader: loaderOf("a", "b"),
      maxEpochs: 5,
      onHook: (name) => void (name === "onTrainBatchEnd" && (under.state.shouldStop = true)),
    });
    expect(await under.fit()).toBe("a hook asked to stop");
    expect(under.calls).not.toContain("schedulers after epoch true");
    expect(under.state.cursor).toMatchObject({ epoch: 1, cutAfter: 1 });
    const whole = setUp();
    await whole.fit();
    expect(whole.state.cursor.cutAfter).toBeNull();
  });

  it("computes metric objects for its hooks, what these log too, and resets them", async () => {
    class Total extends Metric {
      readonly sum = this.addState("sum", { reduce: "sum" });
      override update(value: number): void {
        this.sum.assign(tf.add(this.sum, value));
      }
      override compute(): tf.Tensor {
        under.calls.push("compute");
        return this.sum.clone();
      }
    }
    const [total, late] = [new Total(), new Total()];
    late.update(1);
    const settings = { progBar: false, logger: true, onStep: false, onEpoch: true, reduceFx: "mean" } as const;
    const log = (hook: string, name: string, metric: Metric) => {
      const how = { ...settings, addDataloaderIdx: true, syncDist: false, metricAttribute: name };
      under.session.logging.training.updateObject(
        { hook, name, dataloaderIdx: undefined, settings: how },
        metric,
        undefined,
      );
    };
    const under = setUp({
      strategy: { worldSize: 1 },
      onHook: (name) => {
        if (name === "onTrainBatchStart") total.update(2);
        if (name === "onTrainBatchStart") log(name, "total", total);
        if (name === "onTrainEpochEnd") log(name, "late", late);
      },
    });
    await under.fit();
    expect(under.calls.filter((call) => /^(compute|onTrainEpochEnd|logging.refresh)/.test(call))).toEqual([
      "compute",
      "onTrainEpochEnd() batch 1111 1111, epochEnd",
      "compute",
      "logging.refresh",
    ]);
    expect([total.updateCount, late.updateCount]).toEqual([0, 0]);
  });

  it("waits for steps that were taken back meanwhile", async () => {
    const under = setUp({
      parts: { backend: { submit: () => undefined, synchronize: async () => void (under.state.isTakenBack = true) } },
    });
    await expect(under.fit()).rejects.toMatchObject({ code: "LIT_TAKEN_BACK" });
  });
});

describe("the training loaders", () => {
  it.each([
    [0, 0],
    [1, 2],
    [2, 1],
  ])("are asked for again every %d epochs: %d times in three", async (reloads, expected) => {
    const { fit, calls } = setUp({ maxEpochs: 3, reloads });
    await fit();
    expect(calls.filter((call) => call === "loadTrainData")).toHaveLength(expected);
  });
});

describe("before it trains, a fit warns", () => {
  it("of a model in evaluation mode", async () => {
    const module = new Net();
    module.eval();
    const { fit, terminal } = setUp({ module });
    await fit();
    expect(terminal.warnings[0]).toContain("Training starts with modules in evaluation mode: Net.");
  });

  it("of epochs shorter than the distance of rows", async () => {
    const { fit, terminal, session } = setUp({ plan: { logEveryNSteps: 50 } });
    Reflect.set(session.logging.loggers, "isEmpty", false);
    await fit();
    expect(terminal.warnings[0]).toContain("An epoch has 1 optimizer steps, fewer than logEveryNSteps: 50");
  });

  it("and afterwards of epochs in which nothing stepped", async () => {
    class Manual extends Net {
      override automaticOptimization = false;
    }
    const { fit, terminal } = setUp({ module: new Manual(), parts: { optimizers: { optimizers: ["sgd"] } } });
    await fit();
    expect(terminal.warnings[0]).toContain("No optimizer of the Trainer stepped in epoch 0");
  });
});

describe("what is logged for an epoch", () => {
  const settings = { progBar: false, logger: true, onStep: false, onEpoch: true, reduceFx: "mean" } as const;

  it.each(["onTrainBatchEnd", "onTrainEpochEnd"])("is that of all ranks, when it was logged in %s", async (hook) => {
    const { fit, calls, session } = setUp({
      onHook: (name) => {
        if (name !== hook) return;
        session.logging.training.update(
          {
            hook,
            name: "loss",
            dataloaderIdx: undefined,
            settings: { ...settings, addDataloaderIdx: true, syncDist: true },
          },
          new LazyScalar(2),
          1,
        );
      },
    });
    await fit();
    const exchanged = calls.indexOf("sum: sum of loss at the end of epoch 0 (global step 1)");
    expect(exchanged).toBeGreaterThan(0);
    const next = hook === "onTrainBatchEnd" ? "logging.reachTrainingEnd" : "logging.endTrainingEpoch({ sends })";
    expect(calls.indexOf(next)).toBeGreaterThan(exchanged);
  });
});

describe("the position of a fit", () => {
  it("is in an epoch as soon as its first hooks are over, before there is a batch", async () => {
    const seen: unknown[] = [];
    const under = setUp({
      parts: {
        rememberLoaders: () => {
          const { phase, cutAfter } = under.state.cursor;
          seen.push([phase, cutAfter]);
        },
      },
    });
    under.state.move({ type: "epochDone", isCut: true });
    Object.assign(under.state, { epochLimit: 2 });
    await under.fit();
    expect(seen[0]).toEqual(["betweenBatches", null]);
  });
});
