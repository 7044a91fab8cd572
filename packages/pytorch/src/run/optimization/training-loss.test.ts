import { nn, resolveBackend, setGrad, tf } from "@lightning-ts/core";
import { Messages, RunWarnings } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Driver } from "../../door/driver.js";
import { wait } from "../../door/steps.js";
import type { FitSession } from "../session/fit-session.js";
import { checkFinite, checkGradients } from "./check-finite.js";
import { manualBackward, optimizeManually } from "./manual-optimization.js";
import { closureNotRun, lossOf } from "./training-loss.js";

beforeAll(() => resolveBackend("cpu"));

class LitNet {
  automaticOptimization = false;
  constructor(readonly returned?: unknown) {}
  namedParameters() {
    return [];
  }
}

function setUp(
  options: {
    readonly module?: LitNet;
    readonly worldSize?: number;
    readonly window?: number;
    readonly detectAnomaly?: boolean;
    readonly optimizers?: readonly unknown[];
  } = {},
) {
  const { module = new LitNet(), worldSize = 1, window = 1, detectAnomaly = false, optimizers = ["one"] } = options;
  const terminal = new FakeTerminal();
  const calls: unknown[] = [];
  const session: FitSession = Object({
    module,
    connection: { strategy: { worldSize, joinGradients: () => undefined } },
    optimizers: { optimizers },
    warnings: new RunWarnings(new Messages(terminal)),
    state: { accumulateGradBatches: window, describePosition: () => "epoch 0, batch 3" },
    plan: { detectAnomaly },
    numbers: { takeLoss: (loss: tf.Tensor) => void calls.push(["look at", loss.dataSync()[0]]) },
    hooks: { run: (name: string, ...args: unknown[]) => wait(void calls.push([name, args.length])) },
    door: {
      step: (owner: LitNet, name: string, ...args: unknown[]) => wait((calls.push([name, args]), owner.returned)),
      call: (_owner: object, name: string, ...args: unknown[]) => wait(void calls.push([name, args.length])),
    },
  });
  return { session, warnings: terminal.warnings, calls };
}

function refusal(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("the loss of a training step", () => {
  it("is what it returned, or the entry with that name, over the batches of a window", () => {
    const loss = tf.scalar(6);
    expect(lossOf(loss, setUp().session, 0)).toBe(loss);
    expect(lossOf({ loss, more: 1 }, setUp().session, 0)).toBe(loss);
    expect(lossOf(loss, setUp({ window: 4 }).session, 0)?.dataSync()[0]).toBe(1.5);
    expect(lossOf(tf.tensor([[6]]), setUp().session, 0)?.shape).toEqual([1, 1]);
  });

  it("is none where it returned nothing: the batch is skipped, and that is said once", () => {
    const { session, warnings } = setUp();
    expect([lossOf(undefined, session, 3), lossOf(null, session, 4)]).toEqual([undefined, undefined]);
    expect(warnings).toEqual([
      "Warning: LitNet.trainingStep returned nothing for batch 3: it is skipped, as is every batch without a loss. Unless that is on purpose, return the loss from it, or an object { loss, … }.",
    ]);
  });

  it("is not missed where no optimizer would use it", () => {
    const { session, warnings } = setUp({ optimizers: [] });
    expect([lossOf(undefined, session, 3), warnings]).toEqual([undefined, []]);
  });

  it("must be there on every rank", () => {
    expect(refusal(() => lossOf(undefined, setUp({ worldSize: 2 }).session, 3))).toMatchObject({
      code: "LIT_TRAINING_STEP",
      message:
        "LitNet.trainingStep returned nothing at epoch 0, batch 3, and other ranks wait for its gradients. Expected a loss on every rank: several ranks cannot skip a batch. Received undefined.",
    });
  });

  it.each([
    [3, "3"],
    [{ lost: 1 }, "{ lost: 1 }"],
    [{ loss: 2 }, "{ loss: 2 }"],
    ["loss", '"loss"'],
  ])("is not found in %o", (returned, received) => {
    expect(refusal(() => lossOf(returned, setUp().session, 0))).toMatchObject({
      code: "LIT_TRAINING_STEP",
      message: `LitNet.trainingStep returned something without a loss at epoch 0, batch 3. Expected a tensor, an object { loss: tensor, … }, or nothing to skip the batch. Received ${received}.`,
    });
  });

  it("is a single number", () => {
    expect(refusal(() => lossOf(tf.zeros([2, 3]), setUp().session, 0))).toMatchObject({
      code: "LIT_TRAINING_STEP",
      message:
        "The loss that LitNet.trainingStep returned at epoch 0, batch 3 is not a single number. Expected a scalar. Received shape [2, 3]. Try: loss.mean().",
    });
  });

  it("is missing where an overridden optimizerStep does not run its closure", () => {
    const module: never = new LitNet() as never;
    expect(closureNotRun(module)).toMatchObject({
      code: "LIT_CLOSURE",
      message:
        "LitNet.optimizerStep did not run the closure, so there is no loss and no gradient. Try: call optimizer.step(closure), or closure() before optimizer.step().",
    });
  });
});

describe("a batch of manual optimization", () => {
  const outputs = (returned: unknown) => {
    const { session, calls } = setUp({ module: new LitNet(returned) });
    const found = refusal(() => new Driver().run(optimizeManually(session, "batch", 2)));
    expect(calls).toEqual([["trainingStep", ["batch", 2]]]);
    return found;
  };

  it("tells hooks what the step returned", () => {
    const loss = tf.scalar(1);
    expect([outputs(loss), outputs({ loss, more: 2 }), outputs(undefined), outputs(null)]).toEqual([
      { loss },
      { loss, more: 2 },
      {},
      {},
    ]);
  });

  it("refuses what is no output", () => {
    expect(outputs(3)).toMatchObject({
      code: "LIT_TRAINING_STEP",
      message: "LitNet.trainingStep returned something unknown. Expected a tensor, an object, or nothing. Received 3.",
    });
  });
});

describe("manualBackward", () => {
  const backward = (session: FitSession, loss = tf.scalar(2)) =>
    refusal(() => new Driver().run(manualBackward(session, loss, {})));

  it("looks at the loss, and calls backward between its hooks", () => {
    const { session, calls } = setUp();
    expect(backward(session)).toBeUndefined();
    expect(calls).toEqual([
      ["look at", 2],
      ["onBeforeBackward", 1],
      ["backward", 2],
      ["onAfterBackward", 0],
    ]);
  });

  it("is not for automatic optimization", () => {
    const module = new LitNet();
    module.automaticOptimization = true;
    expect(backward(setUp({ module }).session)).toMatchObject({
      code: "LIT_MANUAL_BACKWARD",
      message:
        "manualBackward() is for manual optimization. Try: return the loss from trainingStep, or set this.automaticOptimization = false in the constructor.",
    });
  });

  it("looks at the gradients where anomalies are searched for", () => {
    const net = new nn.Linear(1, 1);
    setGrad(net.weight, tf.tensor([[Number.NaN]]));
    const module: LitNet = Object.assign(new LitNet(), { namedParameters: () => net.namedParameters() });
    expect(backward(setUp({ module }).session)).toBeUndefined();
    expect(backward(setUp({ module, detectAnomaly: true }).session)).toMatchObject({
      code: "LIT_ANOMALY",
      message: expect.stringContaining("The gradient of weight is not finite at epoch 0, batch 3."),
    });
  });
});

describe("a search for anomalies", () => {
  it("finds NaN and infinities in tensors, and frees what it needed", () => {
    const fine = tf.tensor([1, 2]);
    const before = tf.memory().numTensors;
    checkFinite("loss", fine, "here");
    for (const [value, received] of [
      [Number.NaN, "NaN"],
      [Number.POSITIVE_INFINITY, "Infinity"],
    ] as const) {
      const broken = tf.tensor([1, value]);
      expect(refusal(() => checkFinite("loss", broken, "here"))).toMatchObject({
        code: "LIT_ANOMALY",
        message: `The loss is not finite at here. Received ${received}. Try: a smaller learning rate, gradientClipVal, or look for log(0) and divisions by zero.`,
      });
      broken.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it("passes over parameters without a gradient", () => {
    const net = new nn.Linear(1, 1);
    checkGradients(net, "here");
    setGrad(net.weight, tf.tensor([[1]]));
    checkGradients(net, "here");
    expect(net.weight.grad).not.toBeNull();
  });
});

it("manualBackward does nothing in an epoch that trains nothing", () => {
  const { session, calls } = setUp();
  Object.assign(session.state, { skipsBackward: true });
  void new Driver().run(manualBackward(session, tf.scalar(1), {}));
  expect(calls).toEqual([]);
});
