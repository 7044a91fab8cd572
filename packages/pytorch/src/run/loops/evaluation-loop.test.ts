import { resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { evaluationLoop, type EvaluationOptions } from "./evaluation-loop.js";
import { dataUnderTest, loaderOf, sessionUnderTest, type SessionOptions } from "./session-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  calls: string[] = [];
  step: (...args: readonly unknown[]) => unknown = () => "out";

  override validationStep(...args: readonly unknown[]): unknown {
    this.calls.push(`validationStep(${args.join(", ")}) ${this.training ? "training" : "eval"}`);
    return this.step(...args);
  }
  override testStep(...args: readonly unknown[]): unknown {
    this.calls.push(`testStep(${args.join(", ")})`);
    return this.step(...args);
  }
}

interface Setting extends Partial<SessionOptions> {
  readonly net?: Net;
  readonly loaders?: unknown;
  readonly options?: Partial<EvaluationOptions>;
}

function setUp({ net = new Net(), loaders = [loaderOf("x", "y"), loaderOf("z")], options, ...rest }: Setting = {}) {
  const under = sessionUnderTest({ module: net, ...rest });
  net.calls = under.calls;
  under.state.runningStage = "validate";
  const data = dataUnderTest(loaders, { isTraining: false });
  const evaluate = (more: Partial<EvaluationOptions> = {}) =>
    under.run(evaluationLoop(under.session, { kind: "validation", data, ...options, ...more }));
  return { ...under, net, data, evaluate };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
const hooksIn = (calls: readonly string[]) =>
  calls.filter((call) => /^on[A-Z]/.test(call)).map((call) => call.split("(")[0]);

describe("an evaluation", () => {
  it("goes through all batches of all loaders in one order", async () => {
    const { evaluate, calls, state, session } = setUp();
    expect(await evaluate()).toEqual([{}, {}]);
    const position = "validate batch 0 (epoch 0, global step 0)";
    expect(calls).toEqual([
      "onValidationStart() fitValidate 0000 0000, epochStart",
      "onValidationEpochStart() fitValidate 0000 0000, epochStart",
      "max: next batch after epoch 0, batch 0 (global step 0)",
      "logging.beginBatch(x', 0)",
      "onValidationBatchStart(x', 0, 0) fitValidate 1000 1000, epochStart",
      "validationStep(x', 0, 0) eval",
      "onValidationBatchEnd(out, x', 0, 0) fitValidate 1110 1110, epochStart",
      "backend.submit",
      `agree: interruption at ${position}`,
      "breath.take",
      `max: next batch after ${position}`,
      "logging.beginBatch(y', 0)",
      "onValidationBatchStart(y', 1, 0) fitValidate 2111 2111, epochStart",
      "validationStep(y', 1, 0) eval",
      "onValidationBatchEnd(out, y', 1, 0) fitValidate 2221 2221, epochStart",
      "backend.submit",
      "agree: interruption at validate batch 1 (epoch 0, global step 0)",
      "breath.take",
      "max: next batch after validate batch 1 (epoch 0, global step 0)",
      "logging.beginBatch(z', 1)",
      "onValidationBatchStart(z', 0, 1) fitValidate 3222 3222, epochStart",
      "validationStep(z', 0, 1) eval",
      "onValidationBatchEnd(out, z', 0, 1) fitValidate 3332 3332, epochStart",
      "backend.submit",
      "agree: interruption at validate batch 0, dataloader 1 (epoch 0, global step 0)",
      "breath.take",
      "max: next batch after validate batch 0, dataloader 1 (epoch 0, global step 0)",
      "logging.reachEvaluationEnd",
      "onValidationEpochEnd() fitValidate 3333 3333, epochStart",
      "logging.endEvaluationEpoch(ResultCollection, { sends })",
      "onValidationEnd() fitValidate 3333 3333, validated",
    ]);
    expect(state.hasValidated).toBe(true);
    expect(state.evaluationPosition).toBeUndefined();
    expect(session.logging.connector.results).toBeUndefined();
  });

  it("of a fit tells loaders the epoch; one of its own does not, nor does a check", async () => {
    const epochs: number[] = [];
    const telling = Object.assign(loaderOf("x"), { setEpoch: (epoch: number) => void epochs.push(epoch) });
    await setUp({ loaders: [telling] }).evaluate();
    expect(epochs).toEqual([0]);
    await setUp({ loaders: [telling] }).evaluate({ isSanityCheck: true });
    await setUp({ loaders: [telling], stage: "validate" }).evaluate();
    expect(epochs).toEqual([0]);
  });

  it("that is no validation of a fit moves nothing", async () => {
    for (const { stage, isSanityCheck } of [
      { stage: "fit", isSanityCheck: true },
      { stage: "validate", isSanityCheck: false },
    ]) {
      const { evaluate, state } = setUp({ stage });
      await evaluate({ isSanityCheck });
      expect([state.cursor.phase, state.hasValidated]).toEqual(["epochStart", false]);
    }
  });

  it.each(["validate", "test"] as const)("called %s has a progress of its own, which begins anew", async (stage) => {
    const { evaluate, state } = setUp({ stage, loaders: [loaderOf("x")] });
    await evaluate();
    await evaluate();
    expect(state.progress[stage]).toMatchObject({ total: { completed: 2 }, current: { ready: 1, completed: 1 } });
    expect(state.progress.fitValidate.total.ready).toBe(0);
  });

  it("calls the hooks of tests in a test", async () => {
    const { evaluate, calls } = setUp({ stage: "test", loaders: [loaderOf("x")], options: { kind: "test" } });
    await evaluate();
    expect(calls).toContain("testStep(x', 0, 0)");
    expect(hooksIn(calls)).toEqual([
      "onTestStart",
      "onTestEpochStart",
      "onTestBatchStart",
      "onTestBatchEnd",
      "onTestEpochEnd",
      "onTestEnd",
    ]);
  });

  it("does nothing without batches", async () => {
    const { evaluate, calls } = setUp({ loaders: [loaderOf()] });
    expect([await evaluate(), calls]).toEqual([[], []]);
  });

  it("takes no more batches of a loader than it is told", async () => {
    const { evaluate, calls } = setUp();
    await evaluate({ mostBatches: 1 });
    expect(calls.filter((call) => call.startsWith("validationStep"))).toEqual([
      "validationStep(x', 0, 0) eval",
      "validationStep(z', 0, 1) eval",
    ]);
  });

  it("tells hooks the batch that a step with an iterator took last", async () => {
    class Iterating extends Net {
      override readonly iteratorSteps = ["validationStep"] as const;
    }
    const net = new Iterating();
    const { evaluate, calls } = setUp({ net, loaders: [loaderOf("x", "y")], strategy: { worldSize: 1 } });
    net.step = async (batches) => {
      for await (const [batch] of Object(batches)) net.calls.push(`took ${String(batch)}`);
    };
    await evaluate();
    expect(calls.filter((call) => /^(took|onValidationBatchEnd)/.test(call))).toEqual([
      "took x",
      "took y",
      "onValidationBatchEnd(undefined, y, 0, 0) fitValidate 1110 1110, epochStart",
    ]);
  });

  it("of one loader says nothing of its number to the log", async () => {
    const { evaluate, calls } = setUp({ loaders: [loaderOf("x")] });
    await evaluate();
    expect(calls).toContain("logging.beginBatch(x', undefined)");
  });
});

describe("the model in an evaluation", () => {
  it("is in evaluation mode, and afterwards as it was", async () => {
    const { evaluate, net, calls } = setUp({ loaders: [loaderOf("x")] });
    await evaluate();
    expect(calls).toContain("validationStep(x', 0, 0) eval");
    expect(net.training).toBe(true);
    net.eval();
    await evaluate();
    expect(net.training).toBe(false);
  });

  it("may put itself back, unless the evaluation fails", async () => {
    class Own extends Net {
      override onValidationModelTrain(): void {
        this.calls.push("onValidationModelTrain");
      }
    }
    const { evaluate, net, calls } = setUp({ net: new Own() });
    await evaluate();
    expect(calls.at(-1)).toBe("onValidationModelTrain");
    expect(net.training).toBe(false);
    net.train();
    calls.length = 0;
    net.step = () => {
      throw new Error("as asked");
    };
    expect(String(await failureOf(evaluate()))).toContain("as asked");
    expect(calls).not.toContain("onValidationModelTrain");
    expect(net.training).toBe(true);
  });

  it("leaves nothing behind where it fails", async () => {
    let isClosed = false;
    const closing = {
      length: 2,
      *[Symbol.iterator]() {
        try {
          yield "x";
          yield "y";
        } finally {
          isClosed = true;
        }
      },
    };
    const { evaluate, net, session, state, calls } = setUp({ loaders: [closing] });
    const before = tf.memory().numTensors;
    net.step = () => {
      tf.scalar(1).add(1);
      throw new Error("as asked");
    };
    expect(String(await failureOf(evaluate()))).toContain("Net.validationStep failed");
    expect(tf.memory().numTensors).toBe(before);
    expect(isClosed).toBe(true);
    expect(calls.at(-1)).toBe("backend.submit");
    expect(state.evaluationPosition).toBeUndefined();
    expect(session.logging.connector.results).toBeUndefined();
    expect(session.driver.scope?.isAttached).toBe(false);
  });

  it("computes nothing for gradients, and closes what it opens", async () => {
    const { evaluate, net, session } = setUp({ loaders: [loaderOf("x")] });
    let isRecorded: boolean | undefined;
    net.step = () => void (isRecorded = tf.engine().state.activeTape !== null && tf.engine().state.gradientDepth > 0);
    await evaluate();
    expect([isRecorded, session.driver.scope?.isAttached]).toEqual([false, false]);
    net.step = () => {
      tf.engine().startScope("left open");
    };
    const failure = await failureOf(evaluate());
    while (tf.engine().state.activeScope?.name === "left open") tf.engine().endScope();
    expect(String(failure)).toContain("validationStep of Net");
  });

  it("ends where the run is interrupted", async () => {
    const { evaluate, state, calls } = setUp();
    state.interruption = "SIGINT";
    expect(await failureOf(evaluate())).toMatchObject({ reason: "SIGINT" });
    expect(calls.filter((call) => call.startsWith("validationStep"))).toHaveLength(1);
  });
});
