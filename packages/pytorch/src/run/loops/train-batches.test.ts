import { resolveBackend, tf } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import { FakeClock } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait } from "../../door/steps.js";
import { dataUnderTest, loaderOf, sessionUnderTest, type SessionOptions } from "./session-under-test.js";
import { trainBatches } from "./train-batches.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  override trainingStep(): tf.Tensor {
    return tf.scalar(1);
  }
  override validationStep(): void {}
  override backward(): void {}
}

interface Setting extends Partial<SessionOptions> {
  readonly loader?: object;
  readonly validation?: object;
}

function setUp({ loader = loaderOf("a", "b"), validation, ...rest }: Setting = {}) {
  const data = dataUnderTest(loader);
  const ofValidation = dataUnderTest([loaderOf("v")], { isTraining: false });
  const under = sessionUnderTest({
    module: new Net(),
    ...rest,
    parts: {
      stepper: { optimizers: [] },
      trainData: data,
      openEpoch: () => data.openTraining(under.state.cursor.batch),
      rememberLoaders: () => void under.calls.push("rememberLoaders"),
      validation,
      validationData: () => wait(ofValidation),
      ports: { clock: new FakeClock(100) },
      lastValidationMs: 0,
      ...rest.parts,
    },
  });
  under.state.runningStage = "train";
  under.state.move({ type: "epochBegins" });
  const train = () => under.run(trainBatches(under.session));
  return { ...under, train };
}

const short = (calls: readonly string[]) => calls.map((call) => call.replace(/[ (].*/, ""));
const trained = (calls: readonly string[]) => calls.filter((call) => call.startsWith("onTrainBatchEnd")).length;
const rows = (calls: readonly string[]) => calls.filter((call) => call === "logging.logTrainStep").length;
const validations = (calls: readonly string[]) => calls.filter((call) => call.startsWith("onValidationStart")).length;

describe("the batches of an epoch", () => {
  it("are trained one after another, each with what follows it", async () => {
    const { train, calls, state } = setUp({ plan: { logEveryNSteps: 1 } });
    await train();
    const afterFirst = calls.indexOf("agree: stop at epoch 0, batch 0 (global step 1)");
    expect(calls[0]).toBe("rememberLoaders");
    expect(calls[1]).toBe("max: next batch after epoch 0, batch 0 (global step 0)");
    expect(calls.slice(afterFirst, afterFirst + 8)).toEqual([
      "agree: stop at epoch 0, batch 0 (global step 1)",
      "logging.logTrainStep",
      "schedulers after batch 0 true true",
      "numbers.look",
      "agree: interruption at epoch 0, batch 1 (global step 1)",
      "breath.take",
      "rememberLoaders",
      "max: next batch after epoch 0, batch 1 (global step 1)",
    ]);
    expect(state.cursor).toMatchObject({ batch: 2, phase: "betweenBatches", isLastBatch: true, batchesThatStepped: 2 });
    expect(short(calls).slice(-4)).toEqual(["schedulers", "numbers.look", "agree:", "breath.take"]);
  });

  it("end without a look at another where the last one says so", async () => {
    const { train, calls } = setUp();
    await train();
    expect(calls.filter((call) => call.startsWith("max: next"))).toHaveLength(2);
    const unknown = setUp({ loader: { [Symbol.iterator]: () => ["a"][Symbol.iterator]() } });
    await unknown.train();
    expect(trained(unknown.calls)).toBe(1);
  });

  it("end at once where there are none", async () => {
    const { train, calls } = setUp({ loader: loaderOf() });
    await train();
    expect(short(calls)).toEqual(["rememberLoaders", "max:"]);
  });

  it("begin even where the last epoch's end is remembered", async () => {
    const { train, calls, state } = setUp();
    state.restore({ ...state.cursor, isLastBatch: true, batch: 0 });
    await train();
    expect(trained(calls)).toBe(2);
  });

  it("are left when a hook leaves one", async () => {
    const { train, calls } = setUp({ onHook: (name) => (name === "onTrainBatchStart" ? -1 : undefined) });
    await train();
    expect(calls.filter((call) => call.startsWith("onTrainBatchStart"))).toHaveLength(1);
    expect(calls.some((call) => call.startsWith("agree: stop"))).toBe(false);
  });

  it.each([
    [-1, 2],
    [1, 1],
    [2, 2],
  ])("with maxSteps %d are %d", async (maxSteps, expected) => {
    const { train, calls } = setUp({ maxSteps });
    await train();
    expect(trained(calls)).toBe(expected);
  });

  it("are left when a hook asks to stop, as soon as that is allowed", async () => {
    const stopping = (minSteps: number) => {
      const under = setUp({
        plan: { minSteps },
        loader: loaderOf("a", "b", "c"),
        onHook: (name) => void (name === "onTrainBatchEnd" && (under.state.shouldStop = true)),
      });
      return under;
    };
    const [atOnce, later] = [stopping(0), stopping(2)];
    await atOnce.train();
    await later.train();
    expect([trained(atOnce.calls), trained(later.calls)]).toEqual([1, 2]);
  });

  it("are left where the run is interrupted, and the loader is closed", async () => {
    let isClosed = false;
    const loader = {
      length: 3,
      *[Symbol.iterator]() {
        try {
          yield* ["a", "b", "c"];
        } finally {
          isClosed = true;
        }
      },
    };
    const { train, state, calls } = setUp({ loader });
    state.interruption = "SIGINT";
    await expect(train()).rejects.toMatchObject({ reason: "SIGINT" });
    expect([trained(calls), isClosed]).toEqual([1, true]);
  });

  it("are left where steps were taken back", async () => {
    const { train, state } = setUp({
      onHook: (name) => void (name === "onTrainBatchEnd" && (state.isTakenBack = true)),
    });
    await expect(train()).rejects.toMatchObject({ code: "LIT_TAKEN_BACK" });
  });
});

describe("what follows a batch", () => {
  it("is finished first by a run that resumes there", async () => {
    const { train, calls, state } = setUp({ validation: { everyBatches: 1, everyMs: undefined, everyEpochs: 1 } });
    state.restore({ ...state.cursor, phase: "batchEnd", batch: 1, totalBatches: 1 });
    await train();
    expect(short(calls).slice(0, 3)).toEqual(["agree:", "published.publishStep", "onValidationStart"]);
    expect([trained(calls), validations(calls)]).toEqual([1, 2]);
    expect(calls).toContain("schedulers after batch 0 true true");
  });

  it("is less where its validation is over", async () => {
    const { train, calls, state } = setUp({ validation: { everyBatches: 1, everyMs: undefined, everyEpochs: 1 } });
    state.restore({ ...state.cursor, phase: "validated", batch: 1, totalBatches: 1 });
    await train();
    expect(calls[0]).toBe("schedulers after batch 0 true true");
    expect(validations(calls)).toBe(1);
  });

  it("is a validation where one is due, and another look at who wants to stop", async () => {
    const { train, calls } = setUp({ validation: { everyBatches: 2, everyMs: undefined, everyEpochs: 1 } });
    await train();
    expect(validations(calls)).toBe(1);
    const end = calls.findIndex((call) => call.startsWith("onValidationEnd"));
    expect(calls.slice(end + 1, end + 3)).toEqual([
      "logging.goOnTraining",
      "agree: stop at epoch 0, batch 1 (global step 2)",
    ]);
    expect(calls.some((call) => call.startsWith("agree: validation"))).toBe(false);
  });

  it("is agreed upon where the clock decides", async () => {
    const { train, calls } = setUp({
      validation: { everyBatches: Number.POSITIVE_INFINITY, everyMs: 50, everyEpochs: 1 },
    });
    await train();
    expect(calls.filter((call) => call.startsWith("agree: validation"))).toEqual([
      "agree: validation at epoch 0, batch 0 (global step 1)",
      "agree: validation at epoch 0, batch 1 (global step 2)",
    ]);
    expect(validations(calls)).toBe(1);
  });

  it.each<[string, Setting, number]>([
    ["every step", { plan: { logEveryNSteps: 1 } }, 4],
    ["every second step", { plan: { logEveryNSteps: 2 } }, 2],
    ["every third step", { plan: { logEveryNSteps: 3 } }, 1],
    ["no step", { plan: { logEveryNSteps: 0 } }, 0],
    ["every window", { plan: { logEveryNSteps: 1 }, window: 2 }, 2],
  ])("is a row of metrics for %s", async (_name, setting, expected) => {
    const { train, calls } = setUp({ loader: loaderOf("a", "b", "c", "d"), ...setting });
    await train();
    expect(rows(calls)).toBe(expected);
  });

  it.each([
    [10, 1, 1],
    [0, 0, 0],
  ])(
    "is, where the run stops and rows are every %d steps, a row and a look at the loggers",
    async (every, row, saves) => {
      const under = setUp({
        plan: { logEveryNSteps: every },
        onHook: (name) => void (name === "onTrainBatchEnd" && (under.state.shouldStop = true)),
      });
      await under.train();
      expect([rows(under.calls), under.calls.filter((call) => call === "loggers.save").length]).toEqual([row, saves]);
    },
  );

  it("does not wait for the loggers where the run goes on", async () => {
    const { train, calls } = setUp({ plan: { logEveryNSteps: 1 } });
    await train();
    expect(calls).not.toContain("loggers.save");
  });
});

describe("what follows a batch", () => {
  it("is the schedulers' step, of that batch and after its validation, unless nothing is trained", async () => {
    const { train, calls } = setUp();
    await train();
    expect(calls.filter((call) => /^schedulers after batch . true true/.test(call))).toEqual([
      "schedulers after batch 0 true true",
      "schedulers after batch 1 true true",
    ]);
    const idle = setUp();
    idle.state.skipsBackward = true;
    await idle.train();
    expect(idle.calls.filter((call) => call.startsWith("schedulers"))).toEqual([]);
  });

  it("is a row for every so many steps", async () => {
    const { train, calls } = setUp({ loader: loaderOf("a", "b", "c", "d"), plan: { logEveryNSteps: 3 } });
    await train();
    const at = calls.indexOf("logging.logTrainStep");
    expect(rows(calls)).toBe(1);
    expect(trained(calls.slice(0, at))).toBe(3);
  });

  it("is the exchange of what was logged for all ranks, before it is sent", async () => {
    const { train, calls, session } = setUp({
      plan: { logEveryNSteps: 1 },
      onHook: (name) => {
        if (name !== "onTrainBatchEnd") return;
        const settings = { progBar: false, logger: true, onStep: true, onEpoch: false, reduceFx: "mean" } as const;
        session.logging.training.update(
          {
            hook: "onTrainBatchEnd",
            name: "loss",
            dataloaderIdx: undefined,
            settings: { ...settings, addDataloaderIdx: true, syncDist: true },
          },
          new LazyScalar(2),
          1,
        );
      },
    });
    await train();
    const exchanged = calls.indexOf("mean: mean of loss at epoch 0, batch 0 (global step 1)");
    expect(exchanged).toBeGreaterThan(0);
    expect(calls.indexOf("logging.logTrainStep")).toBeGreaterThan(exchanged);
  });
});
