import { resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import type { SourceFetcher } from "../../data/batch-fetcher.js";
import type { TrainingStepResult } from "../../words/step-output.js";
import { sessionUnderTest, type SessionOptions, type SessionUnderTest } from "./session-under-test.js";
import { trainBatch } from "./train-batch.js";

beforeAll(() => resolveBackend("cpu"));

/** A module that notes what is called of it. */
class Net extends LightningModule {
  calls: string[] = [];
  result: () => TrainingStepResult = () => tf.scalar(3);

  override trainingStep(batch: unknown, batchIdx: number): TrainingStepResult {
    this.calls.push(`trainingStep(${String(batch)}, ${batchIdx})`);
    return this.result();
  }
  override optimizerZeroGrad(epoch: number, batchIdx: number): void {
    this.calls.push(`optimizerZeroGrad(${epoch}, ${batchIdx})`);
  }
  override backward(loss: tf.Tensor): void {
    this.calls.push(`backward(${loss.dataSync()[0]})`);
  }
}

interface Setting extends Partial<SessionOptions> {
  readonly net?: Net;
  readonly fetched?: object;
  readonly optimizers?: readonly unknown[];
  readonly pending?: Promise<void>;
}

function setUp(setting: Setting = {}) {
  const { net = new Net(), optimizers = ["sgd"], pending } = setting;
  const under: SessionUnderTest = sessionUnderTest({
    module: net,
    ...setting,
    parts: {
      stepper: {
        optimizers,
        pending,
        *take(_optimizer: unknown, closure: () => Generator) {
          under.calls.push("take");
          const loss: unknown = yield* closure();
          under.calls.push(`update by ${loss instanceof tf.Tensor ? "the loss" : String(loss)}`);
        },
      },
      ...setting.parts,
    },
  });
  net.calls = under.calls;
  const fetcher: SourceFetcher = Object({
    batch: "a",
    batchIdx: 0,
    dataloaderIdx: 0,
    isLast: false,
    ...setting.fetched,
  });
  const train = (isLast = false, from = fetcher) => under.run(trainBatch(under.session, from, isLast));
  return { ...under, train, net };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no failure",
    (error: unknown) => error,
  );
}

describe("a training batch", () => {
  it("goes through its hooks and steps in one order", async () => {
    const { train, calls, state } = setUp();
    expect(await train()).toBe(true);
    expect(calls).toEqual([
      "logging.beginBatch(a', undefined)",
      "onTrainBatchStart(a', 0) batch 1000 1000, inBatch",
      "max: fate of the batch at epoch 0, batch 0 (global step 0)",
      "take",
      "trainingStep(a', 0)",
      "onBeforeZeroGrad(sgd) batch 1100 1100, inBatch",
      "optimizerZeroGrad(0, 0)",
      "numbers.takeLoss(Tensor, FitState)",
      "onBeforeBackward(Tensor) batch 1100 1100, inBatch",
      "backward(3)",
      "onAfterBackward() batch 1100 1100, inBatch",
      "update by the loss",
      "schedulers after batch 0 true false",
      "onTrainBatchEnd({ loss }, a', 0) batch 1110 1110, batchEnd",
      "backend.submit",
    ]);
    expect(state.progress.batch.current.completed).toBe(1);
    expect(state.cursor).toMatchObject({ batch: 1, isWindowClosed: true, isLastBatch: false });
    expect(state.isLastBatch).toBe(false);
  });

  it("is followed by the schedulers of the epoch where it is the last", async () => {
    const { train, calls, state } = setUp({ fetched: { batchIdx: 2 }, window: 2 });
    expect(await train(true)).toBe(true);
    expect(calls.filter((call) => call.startsWith("schedulers"))).toEqual([
      "schedulers after batch 2 true false",
      "schedulers after epoch false",
    ]);
    expect(state.cursor).toMatchObject({ isWindowClosed: true, isLastBatch: true });
    expect(state.isLastBatch).toBe(true);
  });

  it("frees what was made in it, whether it is trained or fails", async () => {
    const made = () => tf.scalar(1).add(2);
    const { train, net, session } = setUp();
    net.result = made;
    const before = tf.memory().numTensors;
    await train();
    expect(tf.memory().numTensors).toBe(before);
    const failing = setUp({ onHook: (name) => name === "onAfterBackward" && Promise.reject(new Error("as asked")) });
    failing.net.result = made;
    expect(await failureOf(failing.train())).toMatchObject({ message: "as asked" });
    expect(tf.memory().numTensors).toBe(before);
    expect(failing.calls.at(-1)).toBe("backend.submit");
    expect([session.driver.scope?.isAttached, failing.session.driver.scope?.isAttached]).toEqual([false, false]);
  });

  it("that fails in its step is taken back", async () => {
    const { train, net, calls } = setUp();
    net.result = () => {
      throw new Error("as asked");
    };
    expect(String(await failureOf(train()))).toContain("Net.trainingStep failed at the test: as asked");
    expect(calls.slice(-2)).toEqual(["backend.rollBack", "backend.submit"]);
    const without = setUp({ parts: { backend: { submit: () => undefined } } });
    without.net.result = net.result;
    expect(String(await failureOf(without.train()))).toContain("as asked");
  });

  it("leaves a scope open that is not its own only with a message", async () => {
    const { train, net } = setUp();
    net.result = () => {
      tf.engine().startScope("left open");
      return tf.scalar(1);
    };
    const failure = await failureOf(train());
    while (tf.engine().state.activeScope !== null && tf.engine().state.activeScope?.name === "left open")
      tf.engine().endScope();
    expect(String(failure)).toContain("trainingStep of Net");
  });
});

describe("what a training step returns", () => {
  it("is told to hooks as it is, with the loss", async () => {
    const outputs: unknown[] = [];
    const onHook = (name: string, args: readonly unknown[]) =>
      void (name === "onTrainBatchEnd" && outputs.push({ ...Object(args[0]) }));
    const { train, net } = setUp({ onHook, window: 2 });
    const loss = tf.keep(tf.scalar(6));
    net.result = () => ({ loss, acc: 0.5 });
    await train(true);
    expect(outputs).toMatchObject([{ acc: 0.5 }]);
    expect(Reflect.get(Object(outputs[0]), "loss")).not.toBe(loss);
    net.result = () => loss;
    await train(true);
    expect(Object.keys(Object(outputs[1]))).toEqual(["loss"]);
    loss.dispose();
  });

  it("may be nothing: then there is no backward", async () => {
    const { train, net, calls } = setUp({ strategy: { worldSize: 1 } });
    net.result = () => undefined;
    expect(await train()).toBe(true);
    expect(calls.filter((call) => /zeroGrad|backward|Loss/i.test(call))).toEqual([
      "onBeforeZeroGrad(sgd) batch 1100 1100, inBatch",
      "optimizerZeroGrad(0, 0)",
    ]);
    expect(calls).toContain("onTrainBatchEnd({  }, a', 0) batch 1110 1110, batchEnd");
  });

  it("has its gradients looked at where anomalies are to be found", async () => {
    const looked: string[] = [];
    class Watched extends Net {
      override namedParameters(): ReturnType<Net["namedParameters"]> {
        looked.push("gradients");
        return [];
      }
    }
    await setUp({ net: new Watched(), plan: { detectAnomaly: false } }).train();
    expect(looked).toEqual([]);
    await setUp({ net: new Watched(), plan: { detectAnomaly: true } }).train();
    expect(looked).toEqual(["gradients"]);
  });
});

describe("a batch in the middle of an accumulation window", () => {
  it("is trained without a step and without the other ranks", async () => {
    const { train, calls, state } = setUp({ window: 2 });
    expect(await train()).toBe(true);
    expect(calls.slice(3, 6)).toEqual([
      "without sync",
      "trainingStep(a', 0)",
      "onBeforeZeroGrad(sgd) batch 1100 1100, inBatch",
    ]);
    expect(calls).not.toContain("take");
    expect(calls).toContain("schedulers after batch 0 false false");
    expect(state.cursor.isWindowClosed).toBe(false);
  });

  it("adds to the gradients of the window's other batches", async () => {
    const { train, calls } = setUp({ window: 2, fetched: { batchIdx: 1 } });
    await train();
    expect(calls).toContain("take");
    expect(calls.filter((call) => /ZeroGrad/.test(call))).toEqual([]);
  });
});

describe("a batch without an optimizer", () => {
  it("counts as a step, and no gradients are reset", async () => {
    const { train, calls, state } = setUp({ optimizers: [] });
    await train();
    expect(calls.filter((call) => /ZeroGrad|take$/.test(call))).toEqual([]);
    expect(state.cursor.globalStep).toBe(1);
  });
});

describe("an optimizerStep of the module's own", () => {
  class Own extends Net {
    runs = true;
    override optimizerStep(epoch: number, batchIdx: number, optimizer: unknown, closure: () => unknown): void {
      this.calls.push(`optimizerStep(${epoch}, ${batchIdx}, ${String(optimizer)})`);
      if (this.runs) closure();
    }
  }

  it("is called in the place of the stepper's, and what it left under way is waited for", async () => {
    let isDone = false;
    const pending = Promise.resolve().then(() => void (isDone = true));
    const { train, calls } = setUp({ net: new Own(), pending });
    await train();
    expect(calls.slice(3, 5)).toEqual(["optimizerStep(0, 0, sgd)", "trainingStep(a', 0)"]);
    expect(isDone).toBe(true);
    expect(calls).not.toContain("take");
  });

  it("has to run its closure", async () => {
    const net = new Own();
    net.runs = false;
    expect(await failureOf(setUp({ net }).train())).toMatchObject({ code: "LIT_CLOSURE" });
  });

  it("may leave work under way that fails", async () => {
    const pending = Promise.reject(new Error("too late"));
    expect(String(await failureOf(setUp({ net: new Own(), pending }).train()))).toContain("too late");
  });
});

describe("manual optimization", () => {
  it("leaves everything to the training step", async () => {
    class Manual extends Net {
      override automaticOptimization = false;
    }
    const { train, calls } = setUp({ net: new Manual(), window: 2 });
    await train();
    expect(calls.slice(2, 5)).toEqual([
      "max: fate of the batch at epoch 0, batch 0 (global step 0)",
      "trainingStep(a', 0)",
      "schedulers after batch 0 false false",
    ]);
  });
});

describe("a batch that is not trained", () => {
  it.each([undefined, null])("is skipped where it is %s", async (batch) => {
    const { train, calls, terminal, state } = setUp({ fetched: { batch } });
    expect(await train()).toBe(true);
    expect(terminal.warnings).toEqual(["Warning: The training loader gave an empty batch; it is skipped."]);
    expect(calls).toEqual([
      `logging.beginBatch(${String(batch)}, undefined)`,
      "max: fate of the batch at epoch 0, batch 0 (global step 0)",
      "schedulers after batch 0 true false",
      `onTrainBatchEnd({  }, ${String(batch)}, 0) batch 1010 1010, batchEnd`,
      "backend.submit",
    ]);
    expect(state.cursor.phase).toBe("batchEnd");
  });

  it("ends the epoch where onTrainBatchStart says so", async () => {
    const { train, calls, state } = setUp({ onHook: (name) => (name === "onTrainBatchStart" ? -1 : undefined) });
    expect(await train()).toBe(false);
    expect(calls.slice(2)).toEqual([
      "max: fate of the batch at epoch 0, batch 0 (global step 0)",
      "schedulers after batch 0 true false",
      "schedulers after epoch false",
      "backend.submit",
    ]);
    expect(state.cursor).toMatchObject({ phase: "betweenBatches", isLastBatch: true, isWindowClosed: false });
    expect(state.isLastBatch).toBe(true);
  });
});

describe("a step that takes an iterator", () => {
  class Iterating extends Net {
    override readonly iteratorSteps = ["trainingStep"] as const;
  }

  it.each([true, false])(
    "tells hooks the batch that it took last, which ends the epoch if it is (%s)",
    async (isLast) => {
      const fetched = { batch: "a", isLast: false };
      const { train, calls, net, state } = setUp({ net: new Iterating(), fetched, strategy: { worldSize: 1 } });
      const fetcher: SourceFetcher = Object({ batchIdx: 0, dataloaderIdx: 0, ...fetched });
      net.result = () => {
        Object.assign(fetcher, { batch: "c", isLast });
        return tf.scalar(1);
      };
      await train(false, fetcher);
      expect(calls).toContain("onTrainBatchEnd({ loss }, c, 0) batch 1110 1110, batchEnd");
      expect(state.cursor.isLastBatch).toBe(isLast);
      expect(calls.includes("schedulers after epoch false")).toBe(isLast);
    },
  );
});

describe("a step that takes a batch", () => {
  it("does not end the epoch where this rank alone has its last one", async () => {
    const { train, state } = setUp({ fetched: { isLast: true } });
    await train(false);
    expect(state.cursor.isLastBatch).toBe(false);
  });
});

describe("a batch of an epoch that trains nothing", () => {
  const setUpIdle = (setting: Setting = {}) => {
    const under = setUp(setting);
    under.state.skipsBackward = true;
    return under;
  };

  it("is computed and told to hooks, and nothing is learnt from it", async () => {
    const { train, calls, state } = setUpIdle();
    expect(await train()).toBe(true);
    expect(calls).toEqual([
      "logging.beginBatch(a', undefined)",
      "onTrainBatchStart(a', 0) batch 1000 1000, inBatch",
      "max: fate of the batch at epoch 0, batch 0 (global step 0)",
      "trainingStep(a', 0)",
      "onTrainBatchEnd({ loss }, a', 0) batch 1110 1110, batchEnd",
      "backend.submit",
    ]);
    expect(state.cursor).toMatchObject({ globalStep: 0, isWindowClosed: false, isLastBatch: false });
  });

  it("counts as a step where it is the last, and no scheduler hears of it", async () => {
    const { train, calls, state } = setUpIdle({ fetched: { batchIdx: 3 }, window: 2 });
    await train(true);
    expect(state.cursor).toMatchObject({ globalStep: 1, isWindowClosed: true, isLastBatch: true });
    expect(calls.filter((call) => call.startsWith("schedulers"))).toEqual([]);
  });

  it("may have no loss, and fails as others do", async () => {
    const { train, net, calls } = setUpIdle({ strategy: { worldSize: 1 } });
    net.result = () => undefined;
    await train();
    expect(calls).toContain("onTrainBatchEnd({  }, a', 0) batch 1110 1110, batchEnd");
    net.result = () => {
      throw new Error("as asked");
    };
    expect(String(await failureOf(train()))).toContain("Net.trainingStep failed at the test: as asked");
  });

  it("is left to the module where that optimizes by itself", async () => {
    class Manual extends Net {
      override automaticOptimization = false;
    }
    const { train, net, calls } = setUpIdle({ net: new Manual() });
    net.result = () => Object({ whatever: 1 });
    await train();
    expect(calls).toContain("onTrainBatchEnd({ whatever }, a', 0) batch 1110 1110, batchEnd");
  });
});

describe("the scope of a batch", () => {
  it("is called after the step, and records", async () => {
    const { train, net } = setUp();
    const seen: unknown[] = [];
    net.result = () => {
      seen.push(tf.engine().state.activeScope?.name, tf.engine().state.gradientDepth > 0);
      return tf.scalar(1);
    };
    await train();
    expect(seen).toEqual(["trainingStep", true]);
  });
});
