import { resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { CombinedLoader } from "../../data/combined-loader.js";
import { predictLoop } from "./predict-loop.js";
import { dataUnderTest, loaderOf, sessionUnderTest, type SessionOptions } from "./session-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  calls: string[] = [];
  step: (...args: readonly unknown[]) => unknown = (batch) => `of ${String(batch)}`;

  override predictStep(...args: readonly unknown[]): unknown {
    this.calls.push(`predictStep(${args.join(", ")}) ${this.training ? "training" : "eval"}`);
    return this.step(...args);
  }
}

interface Setting extends Partial<SessionOptions> {
  readonly loaders?: unknown;
}

function setUp({ loaders = [loaderOf("x", "y"), loaderOf("z")], ...rest }: Setting = {}) {
  const net = new Net();
  const under = sessionUnderTest({ module: net, stage: "predict", ...rest });
  net.calls = under.calls;
  under.state.runningStage = "predict";
  const data = dataUnderTest(loaders, { isTraining: false });
  const predict = (keeps = true) => under.run(predictLoop(under.session, data, keeps));
  return { ...under, net, predict };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe("a prediction", () => {
  it("goes through all batches of all loaders in one order", async () => {
    const { predict, calls, state } = setUp();
    expect(await predict()).toEqual([["of x'", "of y'"], ["of z'"]]);
    expect(calls.slice(0, 15)).toEqual([
      "onPredictStart() predict 0000 0000, epochStart",
      "onPredictEpochStart() predict 0000 0000, epochStart",
      "max: next batch after epoch 0, batch 0 (global step 0)",
      "onPredictBatchStart(x', 0, 0) predict 1000 1000, epochStart",
      "predictStep(x', 0, 0) eval",
      "onPredictBatchEnd(of x', x', 0, 0) predict 1110 1110, epochStart",
      "backend.submit",
      "agree: interruption at predict batch 0 (epoch 0, global step 0)",
      "breath.take",
      "max: next batch after predict batch 0 (epoch 0, global step 0)",
      "onPredictBatchStart(y', 1, 0) predict 2111 2111, epochStart",
      "predictStep(y', 1, 0) eval",
      "onPredictBatchEnd(of y', y', 1, 0) predict 2221 2221, epochStart",
      "backend.submit",
      "agree: interruption at predict batch 1 (epoch 0, global step 0)",
    ]);
    expect(calls.slice(-5)).toEqual([
      "agree: interruption at predict batch 0, dataloader 1 (epoch 0, global step 0)",
      "breath.take",
      "max: next batch after predict batch 0, dataloader 1 (epoch 0, global step 0)",
      "onPredictEpochEnd() predict 3333 3333, epochStart",
      "onPredictEnd() predict 3333 3333, epochStart",
    ]);
    expect(state.evaluationPosition).toBeUndefined();
    await predict();
    expect(state.progress.predict).toMatchObject({ total: { completed: 6 }, current: { ready: 3, completed: 3 } });
  });

  it("gives nothing back where nobody wants it", async () => {
    const { predict, net } = setUp();
    const before = tf.memory().numTensors;
    net.step = () => tf.scalar(1);
    expect(await predict(false)).toEqual([[], []]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives tensors that outlive their batch, as copies, and everything else as it is", async () => {
    const { predict, net } = setUp({ loaders: [loaderOf("x")] });
    const weight = tf.variable(tf.scalar(7));
    net.step = () => ({ made: tf.scalar(2).add(1), weight, label: "cat" });
    const [[prediction] = []] = await predict();
    const { made, weight: copy, label }: { made: tf.Tensor; weight: tf.Tensor; label: string } = Object(prediction);
    expect([made.dataSync()[0], copy.dataSync()[0], label]).toEqual([3, 7, "cat"]);
    expect(copy).not.toBe(weight);
    weight.dispose();
    expect(copy.isDisposed).toBe(false);
    tf.dispose([made, copy]);
  });

  it("records nothing, in a scope that is called after the step", async () => {
    const { predict, net } = setUp({ loaders: [loaderOf("x")] });
    net.step = () => [tf.engine().state.activeScope?.name, tf.engine().state.gradientDepth];
    expect(await predict()).toEqual([[["predictStep", 0]]]);
  });

  it("without batches is empty", async () => {
    const { predict, calls } = setUp({ loaders: [loaderOf()] });
    expect([await predict(), calls]).toEqual([[[]], []]);
  });

  it("that is nothing is warned of", async () => {
    const { predict, net, terminal } = setUp();
    await predict();
    expect(terminal.warnings).toEqual([]);
    net.step = () => undefined;
    expect(await predict()).toEqual([[undefined, undefined], [undefined]]);
    expect(terminal.warnings).toEqual(["Warning: Net.predictStep returned nothing."]);
  });

  it("leaves nothing behind where it fails", async () => {
    const { predict, net, session, state, calls } = setUp();
    const before = tf.memory().numTensors;
    net.step = () => {
      tf.scalar(1).add(1);
      throw new Error("as asked");
    };
    expect(String(await failureOf(predict()))).toContain("Net.predictStep failed");
    expect(tf.memory().numTensors).toBe(before);
    expect(calls.at(-1)).toBe("backend.submit");
    expect([net.training, session.driver.scope?.isAttached, state.evaluationPosition]).toEqual([
      true,
      false,
      undefined,
    ]);
    net.step = () => {
      tf.engine().startScope("left open");
    };
    const failure = await failureOf(predict());
    while (tf.engine().state.activeScope?.name === "left open") tf.engine().endScope();
    expect(String(failure)).toContain("predictStep of Net");
  });

  it("closes its loaders", async () => {
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
    const { predict, net } = setUp({ loaders: [closing] });
    net.step = () => {
      throw new Error("as asked");
    };
    await failureOf(predict());
    expect(isClosed).toBe(true);
  });

  it("ends where the run is interrupted", async () => {
    const { predict, state, calls } = setUp();
    state.interruption = "SIGINT";
    expect(await failureOf(predict())).toMatchObject({ reason: "SIGINT" });
    expect(calls.filter((call) => call.startsWith("predictStep"))).toHaveLength(1);
  });

  it("takes loaders one after another, and no other way", async () => {
    const sequential = new CombinedLoader([loaderOf("x"), loaderOf("y")] as never, { mode: "sequential" });
    expect(await setUp({ loaders: sequential }).predict()).toEqual([["of x'"], ["of y'"]]);
    const failure = await failureOf(
      setUp({ loaders: new CombinedLoader([loaderOf("x")] as never, { mode: "max_size" }) }).predict(),
    );
    expect(String(failure)).toContain("predict goes through loaders one after another.");
    expect(String(failure)).toContain('Expected a CombinedLoader with mode "sequential". Received "max_size"');
  });
});
