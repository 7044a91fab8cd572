import { gradOf, Metric, nn, randomState, resolveBackend, seedEverything, setGrad, tf } from "@lightning-ts/core";
import { FullPrecision, Messages, SingleDeviceStrategy, type LoadedTree, type LoadedValue } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Door } from "../door/door.js";
import { Driver } from "../door/driver.js";
import { MetricAttributes } from "../results/metric-attributes.js";
import { PublishedMetrics } from "../results/published-metrics.js";
import { ResultCollection } from "../results/result-collection.js";
import { START } from "../words/cursor.js";
import { isLoadedTree, weightsOf } from "./codecs/checkpoint-tree.js";
import { openGradients, weights } from "./model-states.js";
import type { Participant } from "./participant.js";
import {
  metricObjectStates,
  metricStates,
  optimizerStates,
  precisionState,
  randomStreams,
  schedulerStates,
} from "./training-states.js";
import { SETTINGS } from "../results/settings-under-test.js";

beforeAll(() => resolveBackend("cpu"));

const FILE = { path: "/last.ckpt", entries: ["state_dict", "epoch"] };

function restore(part: Participant, state: unknown): unknown {
  try {
    return new Driver().run(part.restore(state as LoadedValue, FILE));
  } catch (error) {
    return error;
  }
}

const stateOf = (part: Participant): unknown => new Driver().run(part.state());
const newDoor = () => new Door({ driver: new Driver(), position: () => "the test" });

class Net extends nn.Module {
  readonly a = new nn.Linear(2, 1, { bias: false });
  strictLoading = true;
  override forward(x: tf.Tensor): tf.Tensor {
    return this.a.forward(x);
  }
}

describe("the weights in a checkpoint", () => {
  const values = tf.buffer([1, 2], "float32", new Float32Array([3, 4]));

  it("are the module's state dict, and come back", () => {
    const net = new Net();
    const terminal = new FakeTerminal();
    const part = weights(net, newDoor(), new Messages(terminal));
    expect([part.key, [...Object(stateOf(part)).keys()]]).toEqual([["state_dict"], ["a.weight"]]);
    restore(part, { "a.weight": values, note: "not a tensor" });
    expect([[...net.a.weight.dataSync()], terminal.warnings]).toEqual([[3, 4], []]);
  });

  it("that do not fit are pointed out where loading is not strict", () => {
    const net = new Net();
    net.strictLoading = false;
    const said = (state: LoadedTree) => {
      const terminal = new FakeTerminal();
      restore(weights(net, newDoor(), new Messages(terminal)), state);
      return terminal.warnings;
    };
    expect(said({ b: values, c: values })).toEqual(["Warning: /last.ckpt: missing a.weight; unexpected b, c."]);
    expect(said({ "a.weight": values, b: values })).toEqual(["Warning: /last.ckpt: missing none; unexpected b."]);
    class Two extends Net {
      readonly b = new nn.Linear(1, 1);
    }
    const two = new Two();
    two.strictLoading = false;
    const terminal = new FakeTerminal();
    restore(weights(two, newDoor(), new Messages(terminal)), { "a.weight": values, c: values, d: values });
    expect(terminal.warnings).toEqual(["Warning: /last.ckpt: missing b.weight, b.bias; unexpected c, d."]);
    expect(said({})).toEqual(["Warning: /last.ckpt: missing a.weight; unexpected none."]);
    net.strictLoading = true;
    expect(restore(weights(net, newDoor(), new Messages(new FakeTerminal())), { b: values })).toBeInstanceOf(Error);
  });

  it("are looked for under their name", () => {
    expect(() => weightsOf([], FILE)).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: '/last.ckpt has no weights. Expected an entry "state_dict". Received state_dict, epoch.',
      }),
    );
    expect([undefined, null, 3, [1], values].map((value) => isLoadedTree(value))).toEqual(Array(5).fill(false));
    expect(isLoadedTree({})).toBe(true);
  });
});

describe("gradients of a window that is open", () => {
  const open = { cursor: { ...START, isWindowClosed: false } };
  const alone = { precision: new FullPrecision(), strategy: new SingleDeviceStrategy() };

  it("are kept by name, and put back", () => {
    const net = new Net();
    expect(stateOf(openGradients(net, open, alone))).toEqual(new Map());
    setGrad(net.a.weight, tf.tensor([[5, 6]]));
    const gradient = gradOf(net.a.weight);
    const part = openGradients(net, open, alone);
    expect([part.key, stateOf(part)]).toEqual([["gradients"], new Map([["a.weight", gradient]])]);
    const other = new Net();
    const saved = tf.buffer([1, 2], "float32", new Float32Array([5, 6]));
    restore(openGradients(other, open, alone), { "a.weight": saved, gone: saved });
    expect([...(gradOf(other.a.weight)?.dataSync() ?? [])]).toEqual([5, 6]);
  });

  it("are none where a window is closed, and none come back from nothing", () => {
    const net = new Net();
    setGrad(net.a.weight, tf.tensor([[5, 6]]));
    expect(stateOf(openGradients(net, { cursor: START }, alone))).toBeUndefined();
    const other = new Net();
    restore(openGradients(other, { cursor: START }, alone), undefined);
    expect(gradOf(other.a.weight)).toBeNull();
  });

  it.each([
    ["removed", undefined, /no gradients/],
    ["text", { "a.weight": "text" }, /no readable gradient of a\.weight.*a tensor \[1, 2\]/],
    ["of another type", { "a.weight": tf.buffer([1, 2], "int32", new Int32Array(2)) }, /gradient of a\.weight/],
    ["of another shape", { "a.weight": tf.buffer([2], "float32", new Float32Array(2)) }, /gradient of a\.weight/],
  ])("that are %s are refused by name", (_, state, message) => {
    const refusal = restore(openGradients(new Net(), open, alone), state);
    expect(refusal).toMatchObject({ code: "LIT_CKPT_KEY", message: expect.stringMatching(message) });
    expect(String(refusal)).toMatch(/so its run cannot be resumed\. Expected .{8,}\. Try: an earlier checkpoint\.$/);
  });
});

describe("optimizers and schedulers in a checkpoint", () => {
  const named = (name: string) => {
    const loaded: unknown[] = [];
    return { loaded, stateDict: () => ({ name }), loadStateDict: (state: unknown) => void loaded.push(state) };
  };

  it("are restored in the order in which they were returned", () => {
    const [a, b, c] = [named("a"), named("b"), named("c")];
    const resolved: never = Object({ optimizers: [a, b], schedulers: [{ scheduler: c }] }) as never;
    const [optimizers, schedulers] = [optimizerStates(resolved, newDoor()), schedulerStates(resolved, newDoor())];
    expect([optimizers.key, stateOf(optimizers)]).toEqual([["optimizer_states"], [{ name: "a" }, { name: "b" }]]);
    expect([schedulers.key, stateOf(schedulers)]).toEqual([["lr_schedulers"], [{ name: "c" }]]);
    restore(optimizers, [1, 2]);
    restore(schedulers, [3]);
    expect([a.loaded, b.loaded, c.loaded]).toEqual([[1], [2], [3]]);
  });

  it("are none where nothing trains", () => {
    expect([stateOf(optimizerStates(undefined, newDoor())), stateOf(schedulerStates(undefined, newDoor()))]).toEqual([
      [],
      [],
    ]);
    expect(restore(optimizerStates(undefined, newDoor()), undefined)).toBeUndefined();
  });

  it("are refused where there were others", () => {
    const resolved: never = Object({ optimizers: [named("a")], schedulers: [] }) as never;
    expect(restore(optimizerStates(resolved, newDoor()), [1, 2])).toMatchObject({
      code: "LIT_RESUME",
      message:
        "/last.ckpt was written with other optimizers. Expected 2 optimizers, as in the file. Received 1 from configureOptimizers.",
    });
    expect(restore(schedulerStates(resolved, newDoor()), [1])).toMatchObject({
      message:
        "/last.ckpt was written with other schedulers. Expected 1 schedulers, as in the file. Received 0 from configureOptimizers.",
    });
    expect(restore(optimizerStates(resolved, newDoor()), "text")).toBeInstanceOf(Error);
  });
});

describe("the scale of a precision in a checkpoint", () => {
  it("stands under the name of the precision, and comes back where there is one", () => {
    const restored: unknown[] = [];
    const precision = {
      stateKey: "Mixed",
      state: () => ({ scale: 2 }),
      restore: (state: unknown) => void restored.push(state),
    };
    const part = precisionState(Object({ precision }));
    expect([part.key, stateOf(part)]).toEqual([["Mixed"], { scale: 2 }]);
    restore(part, { scale: 4 });
    restore(part, undefined);
    expect(restored).toEqual([{ scale: 4 }]);
  });
});

describe("random streams in a checkpoint", () => {
  it("go on where they were", () => {
    seedEverything(5);
    const part = randomStreams();
    const before = stateOf(part);
    expect([part.key, before]).toEqual([["random_state"], randomState()]);
    seedEverything(6);
    restore(part, undefined);
    expect(randomState().seed).toBe(6);
    restore(part, before);
    expect(randomState()).toEqual(before);
  });
});

class Total extends Metric {
  readonly total = this.addState("total", { reduce: "sum" });

  override update(value: number): void {
    this.total.assign(tf.add(this.total, value));
  }
  override compute(): tf.Tensor {
    return this.total;
  }
}

class Measured extends nn.Module {
  readonly seen = new Total();
  readonly unseen = new Total();
  override forward(x: tf.Tensor): tf.Tensor {
    return x;
  }
}

/** What metrics in checkpoints see of the logging of a run. */
function logging(module: nn.Module) {
  const training = new ResultCollection({ isTraining: true });
  const connector: { results: ResultCollection | undefined } = { results: training };
  let refreshed = 0;
  const parts = {
    training,
    connector,
    metrics: new MetricAttributes(module),
    published: new PublishedMetrics(),
    refresh: () => void (refreshed += 1),
    get refreshed() {
      return refreshed;
    },
  };
  return { parts, logging: Object(parts) };
}

describe("metrics in a checkpoint", () => {
  it("are what the epoch has collected and what callbacks watch, brought up to date", () => {
    const { parts, logging: one } = logging(new Measured());
    parts.published.callback.setNumber("loss", 0.5);
    const part = metricStates(one);
    expect([part.key, stateOf(part)]).toEqual([["metrics"], { version: 1, training: [], callback: { loss: 0.5 } }]);
    expect(parts.refreshed).toBe(1);
    const other = logging(new Measured());
    const saved = {
      name: "loss",
      dataloaderIdx: null,
      settings: SETTINGS,
      latest: 1,
      accumulated: 6,
      weight: 2,
      count: 2,
    };
    restore(metricStates(other.logging), {
      version: 1,
      training: [["trainingStep", [saved]]],
      callback: { loss: 0.5 },
    });
    expect(other.parts.training.state()).toEqual([["trainingStep", [saved]]]);
    expect(other.parts.published.callback.toRecord()).toEqual({ loss: 0.5 });
    const ofObject = { ...saved, settings: { ...SETTINGS, metricAttribute: "seen" } };
    restore(metricStates(other.logging), { version: 1, training: [["trainingStep", [ofObject]]], callback: {} });
    expect(other.parts.training.objects()).toHaveLength(1);
  });

  it("stay as they are where a file has none, and are refused where it has something else", () => {
    const { parts, logging: one } = logging(new Measured());
    parts.published.callback.setNumber("loss", 0.5);
    expect(restore(metricStates(one), undefined)).toBeUndefined();
    const whole = { version: 1, training: [], callback: {} };
    for (const [field, state] of [
      ['metrics cannot be read. Expected a state as a run writes it. Received ""', ""],
      ["metrics.version", { ...whole, version: 2 }],
      ["metrics.training", { ...whole, training: null }],
      ["metrics.callback", { ...whole, callback: [] }],
      ["metrics.callback.loss", { ...whole, callback: { loss: "0.5" } }],
    ] as const)
      expect(restore(metricStates(one), state)).toMatchObject({
        code: "LIT_CKPT_FORMAT",
        message: expect.stringContaining(`/last.ckpt is not a usable checkpoint: ${field}`),
      });
    expect(parts.published.callback.toRecord()).toEqual({ loss: 0.5 });
  });
});

describe("metric objects in a checkpoint", () => {
  const messages = () => {
    const terminal = new FakeTerminal();
    return { messages: new Messages(terminal), warnings: terminal.warnings };
  };

  it("are those that have seen something, under the names of their attributes", () => {
    const module = new Measured();
    const { logging: one } = logging(module);
    const part = metricObjectStates(one, newDoor(), messages().messages);
    expect([part.key, stateOf(part)]).toEqual([["metric_objects"], undefined]);
    module.seen.update(3);
    expect(Object.keys(Object(stateOf(part)))).toEqual(["seen"]);
  });

  it("leave out those of an evaluation, which is over by then", () => {
    const module = new Measured();
    const { parts, logging: one } = logging(module);
    module.seen.update(3);
    module.unseen.update(1);
    const evaluation = new ResultCollection({ isTraining: false });
    const place = {
      hook: "validationStep",
      name: "seen",
      dataloaderIdx: undefined,
      settings: { ...SETTINGS, metricAttribute: "seen" },
    };
    const names = () => Object.keys(Object(stateOf(metricObjectStates(one, newDoor(), messages().messages))));
    evaluation.updateObject(place, module.seen, undefined);
    parts.connector.results = evaluation;
    expect(names()).toEqual(["unseen"]);
    parts.training.updateObject({ ...place, hook: "trainingStep" }, module.seen, undefined);
    parts.connector.results = parts.training;
    expect(names()).toEqual(["seen", "unseen"]);
    parts.connector.results = undefined;
    expect(names()).toEqual(["seen", "unseen"]);
  });

  it("are pointed out where a metric keeps what it collects in no state", () => {
    class Forgetful extends Metric {
      override update(): void {}
      override compute(): tf.Tensor {
        return tf.scalar(1);
      }
    }
    class Module extends Measured {
      readonly lost = new Forgetful();
    }
    const module = new Module();
    const { warnings, messages: said } = messages();
    module.seen.update(1);
    module.lost.update();
    stateOf(metricObjectStates(logging(module).logging, newDoor(), said));
    expect(warnings).toEqual([
      "Warning: The metric lost (Forgetful) has no states, so a checkpoint in the middle of an epoch keeps nothing of what it has collected. Declare them with addState in its class.",
    ]);
  });

  it("go on counting, and those that the module does not have are pointed out", () => {
    const module = new Measured();
    const { warnings, messages: said } = messages();
    const values = { total: tf.buffer([], "float32", new Float32Array([5])) };
    const state = { seen: { version: 1, updateCount: 2, values }, gone: { version: 1, updateCount: 2, values } };
    restore(metricObjectStates(logging(module).logging, newDoor(), said), state);
    module.seen.update(1);
    expect([module.seen.compute().dataSync()[0], module.seen.updateCount, module.unseen.updateCount]).toEqual([
      6, 3, 0,
    ]);
    expect(warnings).toEqual(["Warning: /last.ckpt has a state of the metric gone, which this module does not have."]);
    expect(restore(metricObjectStates(logging(module).logging, newDoor(), said), undefined)).toBeUndefined();
  });
});

describe("states that are there and cannot be read", () => {
  const logging = () =>
    Object({
      refresh: () => undefined,
      training: new ResultCollection({ isTraining: true }),
      published: new PublishedMetrics(),
      metrics: new MetricAttributes(new Net()),
      connector: { results: undefined },
    });
  const metrics = { version: 1, training: [], callback: {} };

  it.each<[string, () => Participant, unknown, string]>([
    ["a precision's", () => precisionState({ precision: Object({ stateKey: "MixedPrecision" }) }), 3, "MixedPrecision"],
    ["the random streams'", () => randomStreams(), "none", "random_state"],
    ["the metrics'", () => metricStates(logging()), 3, "metrics"],
    ["the metrics' version", () => metricStates(logging()), { ...metrics, version: 2 }, "metrics.version"],
    ["the metrics' version", () => metricStates(logging()), { ...metrics, version: undefined }, "metrics.version"],
    ["what training collected", () => metricStates(logging()), { ...metrics, training: 3 }, "metrics.training"],
    ["what training collected", () => metricStates(logging()), { ...metrics, training: undefined }, "metrics.training"],
    ["what callbacks watch", () => metricStates(logging()), { ...metrics, callback: [] }, "metrics.callback"],
    ["what callbacks watch", () => metricStates(logging()), { ...metrics, callback: undefined }, "metrics.callback"],
    [
      "the metric objects'",
      () => metricObjectStates(logging(), newDoor(), new Messages(new FakeTerminal())),
      3,
      "metric_objects",
    ],
  ])("are refused by their field: %s", (_what, part, state, field) => {
    expect(String(restore(part(), state))).toContain(`${field} cannot be read. Expected a state as a run writes it.`);
  });
});
