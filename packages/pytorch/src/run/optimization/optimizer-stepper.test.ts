import { optim, resolveBackend, setGrad, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait, type Steps } from "../../door/steps.js";
import { sessionUnderTest, type SessionOptions } from "../loops/session-under-test.js";
import { OptimizerStepper } from "./optimizer-stepper.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {}
class Manual extends LightningModule {
  override automaticOptimization = false;
}
class Clips extends LightningModule {
  calls: unknown[] = [];
  override configureGradientClipping(optimizer: unknown, value?: number, algorithm?: string): void {
    this.calls.push([optimizer, value, algorithm]);
  }
}

const weight = () => tf.variable(tf.scalar(2));
const sgd = (...parameters: tf.Variable[]) => new optim.SGD(parameters, { lr: 0.1 });

interface Setting extends Partial<SessionOptions> {
  readonly optimizers?: readonly optim.Optimizer[];
  readonly ready?: () => unknown;
}

function setUp({ optimizers = [sgd(weight())], ready = () => undefined, module = new Net(), ...rest }: Setting = {}) {
  const clips: unknown[] = [];
  const under = sessionUnderTest({
    module,
    ...rest,
    parts: {
      connection: {
        strategy: {
          unscaleGradients: () => void under.calls.push("unscale"),
          worldSize: 1,
          gradientsReady: () => ready(),
          optimizerStep: (optimizer: object) => {
            under.calls.push(`step of ${optimizer === optimizers[0] ? "the first" : "another"}`);
            return rest.strategy === undefined ? undefined : Reflect.get(rest.strategy, "returns");
          },
          clipGradNorm: (...args: readonly unknown[]) => void clips.push(["norm", ...args.slice(1)]),
          clipGradValue: (...args: readonly unknown[]) => void clips.push(["value", ...args.slice(1)]),
          noBackwardSync: (owner: object, body: () => unknown) => [owner === module, body()],
        },
      },
    },
  });
  const stepper = new OptimizerStepper(under.session, optimizers);
  const [optimizer] = stepper.optimizers;
  if (optimizer === undefined) throw new Error("no optimizer");
  function* closure(): Steps<unknown> {
    under.calls.push("closure");
    return yield* wait(tf.scalar(1));
  }
  return { ...under, stepper, optimizer, closure, clips };
}

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("a step of an optimizer", () => {
  it("computes, hooks in, updates and counts", async () => {
    const { stepper, optimizer, closure, calls, run, state } = setUp();
    await run(stepper.take(optimizer, closure));
    expect(calls).toEqual([
      "closure",
      "unscale",
      "onBeforeOptimizerStep(SGD) batch 0000 0000, epochStart",
      "step of the first",
    ]);
    expect(state.cursor.globalStep).toBe(1);
  });

  it("waits for the gradients of the other ranks", async () => {
    let isReady = false;
    const ready = () => Promise.resolve().then(() => void (isReady = true));
    const { stepper, optimizer, closure, run } = setUp({ ready });
    await run(stepper.take(optimizer, closure));
    expect(isReady).toBe(true);
  });

  it("may be nobody's to wait for", async () => {
    const { stepper, optimizer, closure, run } = setUp({ strategy: { returns: Promise.resolve() } });
    await expect(run(stepper.take(optimizer, closure))).rejects.toThrow(/SGD\.step/);
  });

  it.each<[string, Setting, unknown]>([
    ["as the Trainer was told", { plan: { gradientClipping: { value: 0.5, algorithm: "value" } } }, [0.5, "value"]],
    ["by a module that overrides it, too", {}, [undefined, undefined]],
  ])("clips %s", async (_name, setting, expected) => {
    const module = new Clips();
    const { stepper, optimizer, closure, run } = setUp({ module, ...setting });
    await run(stepper.take(optimizer, closure));
    expect(module.calls).toEqual([[optimizer, ...Object(expected)]]);
  });

  it("asks a module to clip that overrides clipGradients alone, and every module where the Trainer is told to", async () => {
    const asked: string[] = [];
    class ClipsItself extends LightningModule {
      override clipGradients(): void {
        asked.push("clipGradients");
      }
    }
    for (const setting of [{}, { plan: { gradientClipping: { value: 1, algorithm: "norm" } } }]) {
      const { stepper, optimizer, closure, run } = setUp({ module: new ClipsItself(), ...setting });
      await run(stepper.take(optimizer, closure));
    }
    expect(asked).toEqual(["clipGradients", "clipGradients"]);
    const plain = setUp({ plan: { gradientClipping: { value: 1, algorithm: "norm" } } });
    // The base class asks the run that its module is attached to, and this one is attached to none.
    const failure: unknown = await plain
      .run(plain.stepper.take(plain.optimizer, plain.closure))
      .catch((error: unknown) => String(error));
    expect(failure).toContain("Net.clipGradients needs a Trainer");
  });

  it("clips nothing where nobody asks, nor in manual optimization", async () => {
    // The base class's own would ask the run that the module is not attached to.
    const clips = Object.assign(new Clips(), { automaticOptimization: false });
    for (const module of [new Net(), clips]) {
      const { stepper, optimizer, closure, run, state } = setUp({ module });
      await run(stepper.take(optimizer, closure));
      expect(state.cursor.globalStep).toBe(1);
    }
    expect(clips.calls).toEqual([]);
  });
});

it("the profiler hears of the update alone", async () => {
  const heard: string[] = [];
  const { stepper, optimizer, closure, run, session } = setUp();
  const timing = { begin: (action: string, part: string) => heard.push(`${action} (${part})`), end: () => undefined };
  Object.assign(session, { timing });
  await run(stepper.take(optimizer, closure));
  expect(heard).toEqual(["[Strategy].optimizerStep (update)"]);
});

describe("a step that the user's code asks for", () => {
  it("is under way until it is done, where it has to wait", async () => {
    const { stepper, optimizer, state, calls } = setUp({ module: new Manual() });
    expect(stepper.step(optimizer)).toBeUndefined();
    expect([stepper.pending, state.cursor.globalStep]).toEqual([undefined, 1]);
    const pending = optimizer.step(async () => void calls.push("closure"));
    expect(pending).toBeInstanceOf(Promise);
    expect(stepper.pending).toBe(pending);
    await pending;
    expect(calls).toContain("closure");
    expect(state.cursor.globalStep).toBe(2);
    void optimizer.step(() => void calls.push("another"));
    expect(calls).toContain("another");
    expect(stepper.pending).toBeUndefined();
  });
});

describe("an epoch that trains nothing", () => {
  it("takes no step that a module asks for, and runs no closure", () => {
    const { stepper, optimizer, state, calls } = setUp({ module: new Manual() });
    state.skipsBackward = true;
    expect(stepper.step(optimizer, () => calls.push("closure"))).toBeUndefined();
    expect([calls, state.cursor.globalStep]).toEqual([[], 0]);
  });
});

describe("LBFGS", () => {
  const lbfgs = (parameter = weight()) => new optim.LBFGS([parameter], { lr: 1, maxIter: 2 });

  it("evaluates the closure as often as it wants, and counts one step", async () => {
    const parameter = weight();
    const { stepper, optimizer, run, state, calls } = setUp({ optimizers: [lbfgs(parameter)] });
    function* closure(): Steps<unknown> {
      calls.push("closure");
      setGrad(parameter, tf.mul(parameter, 2));
      return yield* wait(tf.mul(parameter, parameter));
    }
    await run(stepper.take(optimizer, closure));
    expect(calls.filter((call) => call === "closure").length).toBeGreaterThan(1);
    expect(calls.filter((call) => call.startsWith("step"))).toEqual([]);
    expect(state.cursor.globalStep).toBe(1);
    expect(parameter.dataSync()[0]).not.toBe(2);
  });

  it("has its parameters where they were when an evaluation fails", async () => {
    const parameter = weight();
    const { stepper, optimizer, run } = setUp({ optimizers: [lbfgs(parameter)] });
    let evaluations = 0;
    function* closure(): Steps<unknown> {
      evaluations += 1;
      if (evaluations === 2) throw new Error("as asked");
      setGrad(parameter, tf.mul(parameter, 2));
      return yield* wait(tf.mul(parameter, parameter));
    }
    await expect(Promise.resolve(run(stepper.take(optimizer, closure)))).rejects.toThrow("as asked");
    expect(parameter.dataSync()[0]).toBe(2);
  });

  it.each([
    ["nothing", undefined],
    ["several numbers", [1, 2]],
    ["text", "loss"],
  ])("refuses a closure that gives %s", async (_name, value) => {
    const { stepper, optimizer, run } = setUp({ optimizers: [lbfgs()] });
    const failure: unknown = await run(
      stepper.take(optimizer, () => wait(Array.isArray(value) ? tf.tensor(value) : value)),
    ).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "LIT_CLOSURE_LOSS" });
    expect(String(failure)).toContain("LBFGS asks for the loss several times a step, and got none.");
    expect(String(failure)).toContain("a loss from trainingStep, or from the closure of optimizer.step(closure)");
    expect(String(failure)).toContain("no skipped batches with this optimizer");
  });

  it("refuses windows of several batches, which only the module itself may make", async () => {
    const { stepper, optimizer, closure, run } = setUp({ optimizers: [lbfgs()], window: 2 });
    const failure: unknown = await run(stepper.take(optimizer, closure)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "LIT_CLOSURE_LOSS" });
    expect(String(failure)).toContain("LBFGS computes the loss of a batch several times");
    expect(String(failure)).toContain("Expected accumulateGradBatches of 1. Received 2. Try: a larger batchSize.");
    const manual = setUp({ module: new Manual(), optimizers: [lbfgs()], window: 2 });
    await manual.run(manual.stepper.take(manual.optimizer, manual.closure));
    expect(manual.state.cursor.globalStep).toBe(1);
  });
});

describe("toggling", () => {
  it("leaves gradients to this optimizer's parameters, and puts the others back as they were", () => {
    const [own, shared, other, frozen] = [weight(), weight(), weight(), weight()];
    frozen.trainable = false;
    const optimizers = [sgd(own, shared), sgd(shared, other), sgd(other, frozen)];
    const { stepper, optimizer } = setUp({ optimizers });
    const flags = () => [own, shared, other, frozen].map(({ trainable }) => trainable);
    stepper.toggle(optimizer);
    stepper.toggle(optimizer);
    expect(flags()).toEqual([true, true, false, false]);
    stepper.untoggle(optimizer);
    expect(flags()).toEqual([true, true, true, false]);
    other.trainable = false;
    stepper.untoggle(optimizer);
    expect(flags()).toEqual([true, true, false, false]);
  });

  it("leaves its own parameters alone where they are frozen", () => {
    const own = weight();
    own.trainable = false;
    const { stepper, optimizer } = setUp({ optimizers: [sgd(own), sgd(weight())] });
    stepper.toggle(optimizer);
    own.trainable = true;
    stepper.untoggle(optimizer);
    expect(own.trainable).toBe(true);
  });

  it("can go without the other ranks", () => {
    expect(setUp().stepper.withoutSync(() => 5)).toEqual([true, 5]);
  });
});

describe("clipping", () => {
  function clip(value?: number, algorithm?: "norm" | "value", told?: object): unknown {
    const [withGradient, without] = [weight(), weight()];
    setGrad(withGradient, tf.scalar(1));
    const { stepper, optimizer, clips } = setUp({
      optimizers: [sgd(withGradient, without)],
      plan: { gradientClipping: told },
    });
    stepper.clip(optimizer, value, algorithm);
    return clips.map((call) =>
      Object(call).map((part: unknown) => (Array.isArray(part) ? part.map((one) => one === withGradient) : part)),
    );
  }
  const soft = { errorIfNonfinite: false };

  it("takes the parameters that have gradients, as it is asked or the Trainer was told", () => {
    expect(clip(0.5)).toEqual([["norm", [true], 0.5, soft]]);
    expect(clip(0.5, "norm")).toEqual([["norm", [true], 0.5, soft]]);
    expect(clip(0.5, "value")).toEqual([["value", [true], 0.5]]);
    expect(clip(undefined, undefined, { value: 3, algorithm: "value" })).toEqual([["value", [true], 3]]);
    expect(clip(3, "value", { value: 3, algorithm: "value" })).toEqual([["value", [true], 3]]);
  });

  it("does nothing for no value, or none above 0", () => {
    expect([clip(), clip(0), clip(-1), clip(undefined, "value")]).toEqual([[], [], [], []]);
  });

  it.each<[number | undefined, "norm" | "value" | undefined]>([
    [2, undefined],
    [3, "norm"],
    [undefined, "norm"],
    [2, "value"],
  ])("by %s and %s is not what the Trainer was told", (value, algorithm) => {
    const failure = failureOf(() => clip(value, algorithm, { value: 3, algorithm: "value" }));
    expect(failure).toMatchObject({ code: "LIT_CLIP_DISAGREES" });
    expect(String(failure)).toContain("clipGradients() and the Trainer clip differently.");
    expect(String(failure)).toContain('gradientClipVal 3 and gradientClipAlgorithm "value", as the Trainer was told');
    expect(String(failure)).toContain(`Received ${value} and ${algorithm}`);
    expect(String(failure)).toContain("leave the Trainer's options out when the module clips by itself.");
  });
});
