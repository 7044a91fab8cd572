import { gradOf, nn, resolveBackend, tf } from "@lightning-ts/core";
import { FullPrecision, Messages, MixedPrecision, SingleDeviceStrategy, type LoadedValue } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Door } from "../door/door.js";
import { Driver } from "../door/driver.js";
import { START } from "../words/cursor.js";
import { openGradients, weights } from "./model-states.js";
import type { Participant } from "./participant.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends nn.Module {
  readonly a = new nn.Linear(2, 1, { bias: false });
  strictLoading = true;
  override forward(x: tf.Tensor): tf.Tensor {
    return this.a.forward(x);
  }
}

const newDoor = () => new Door({ driver: new Driver(), position: () => "the test" });
const values = tf.buffer([1, 2], "float32", new Float32Array([3, 4]));

function restore(part: Participant, state: unknown): unknown {
  return new Driver().run(part.restore(state as LoadedValue, { path: "/last.ckpt", entries: ["state_dict"] }));
}

describe("weights with which training goes on", () => {
  const resumed = (state: unknown, entries: readonly string[] = ["lightning-ts_version"], resumes = true) => {
    const net = new Net();
    const part = weights(net, newDoor(), new Messages(new FakeTerminal()), { resumes });
    try {
      void new Driver().run(part.restore(state as LoadedValue, { path: "/last.ckpt", entries }));
    } catch (error) {
      return String(error);
    }
    return [...net.a.weight.dataSync()];
  };
  const whole = tf.buffer([1, 2], "int32", Int32Array.of(3, 4));

  it("have the types of the module in a file of ours; others are brought into them", () => {
    expect(resumed({ "a.weight": values })).toEqual([3, 4]);
    expect(resumed({ "a.weight": whole })).toContain(
      "state_dict.a.weight has another type. Expected float32. Received int32.",
    );
    expect(resumed({ "a.weight": whole }, [])).toEqual([3, 4]);
    expect(resumed({ "a.weight": whole }, undefined, false)).toEqual([3, 4]);
    expect(resumed({})).toContain("a.weight");
  });

  it.each([0, 1])("hold no NaN in place %d, unless the module has some", (place) => {
    const diverged = tf.buffer([1, 2], "float32", Float32Array.of(1, 2));
    diverged.set(Number.NaN, 0, place);
    expect(resumed({ "a.weight": diverged })).toContain(
      "state_dict.a.weight holds NaN, and no training can go on from there.",
    );
    expect(Object(resumed({ "a.weight": diverged }, undefined, false))[place]).toBeNaN();
    const net = new Net();
    net.a.weight.assign(tf.tensor2d([[Number.NaN, 1]]));
    const part = weights(net, newDoor(), new Messages(new FakeTerminal()), { resumes: true });
    expect(restore(part, { "a.weight": diverged })).toBeUndefined();
  });

  it("are looked at only where training goes on", () => {
    const part = weights(new Net(), newDoor(), new Messages(new FakeTerminal()));
    const diverged = tf.buffer([1, 2], "float32", Float32Array.of(Number.NaN, 2));
    expect(restore(part, { "a.weight": diverged })).toBeUndefined();
  });
});

it("takes gradients of an open window that hold NaN only where a loss scaler leaves out its step", () => {
  const state = { "a.weight": tf.buffer([1, 2], "float32", new Float32Array([Number.NaN, Infinity])) };
  const resume = (precision: FullPrecision): Net => {
    const net = new Net();
    const open = { cursor: { ...START, isWindowClosed: false } };
    void restore(openGradients(net, open, { precision, strategy: new SingleDeviceStrategy() }), state);
    return net;
  };
  expect(() => resume(new FullPrecision())).toThrow("no readable gradient of a.weight");
  const { a } = resume(new MixedPrecision());
  expect([...(gradOf(a.weight)?.dataSync() ?? [])]).toEqual([Number.NaN, Infinity]);
});
