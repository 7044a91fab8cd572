import { AsyncLocalStorage } from "node:async_hooks";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RandomStream } from "../random/random-stream.js";
import { seedEverything } from "../random/global-random.js";
import { RunTasks } from "../tensor/run-tasks.js";
import { currentScope, tensorScope } from "../tensor/tensor-scope.js";
import { enableGrad, isGradEnabled, noGrad } from "../tensor/recording.js";
import { tf } from "../tensor/tf.js";
import { countRuns, currentFlow, follow, setAsyncContext } from "./async-context.js";
import { installedTask, ROOT } from "./task.js";

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

beforeEach(async () => {
  await tf.setBackend("cpu");
  const storage = new AsyncLocalStorage<object>();
  setAsyncContext({ run: (value, body) => storage.run(value, body), current: () => storage.getStore() });
});
afterEach(() => {
  setAsyncContext(undefined);
  expect(countRuns()).toBe(0);
  expect(installedTask()).toBe(ROOT);
  expect(tf.engine().state.scopeStack).toHaveLength(0);
});

describe("the tasks of a run", () => {
  it("have scopes of their own: what others make is not in them, what a call makes is", async () => {
    const tasks = new RunTasks({});
    const scope = tasks.slice(() => tensorScope());
    const call = tasks.openCall({});
    const later = follow(call, async () => {
      await turn();
      return tf.ones([2]).mul(2);
    });
    const mine = tf.ones([2]).mul(3);
    expect(currentScope()).toBeUndefined();
    const theirs = await later;
    const between = tf.ones([2]);
    expect(tasks.follow(() => currentScope())).toBeUndefined(); // the background has none
    expect(follow(call, () => currentScope())).toBe(scope);
    scope.close();
    expect([mine.isDisposed, between.isDisposed, theirs.isDisposed]).toEqual([false, false, true]);
    tasks.end();
    tf.dispose([mine, between]);
  });

  it("record for themselves", async () => {
    const tasks = new RunTasks({});
    const scope = tasks.slice(() => tensorScope());
    const call = tasks.openCall({});
    const seen: unknown[] = [];
    const ours = noGrad(async () => {
      await turn();
      seen.push(isGradEnabled());
    });
    await follow(call, async () => {
      await turn();
      seen.push(isGradEnabled());
    });
    await ours;
    expect(seen).toEqual([false, true]);
    tasks.slice(() => scope.close());
    tasks.end();
    expect(enableGrad(() => isGradEnabled())).toBe(true);
  });

  it("are found by nobody when a call is over", async () => {
    const tasks = new RunTasks({});
    const owner = {};
    const call = tasks.openCall(owner);
    let left: Promise<unknown> | undefined;
    const during = follow(call, () => {
      left = turn().then(() => currentFlow());
      return currentFlow()?.owner;
    });
    call.isLive = false;
    expect(during).toBe(owner);
    expect(await left).toBeUndefined();
    tasks.end();
  });

  it("draw from streams of their own, and give back how far they came", () => {
    seedEverything(4);
    const stream = RandomStream.named("dropout");
    const expected = [stream.nextUint32(), stream.nextUint32(), stream.nextUint32()];
    seedEverything(4);
    const tasks = new RunTasks({});
    const first = tasks.slice(() => stream.nextUint32());
    expect(stream.nextUint32()).toBe(expected[0]); // somebody else's
    const second = tasks.slice(() => stream.nextUint32());
    expect([first, second]).toEqual(expected.slice(0, 2));
    tasks.end();
    expect(stream.nextUint32()).toBe(expected[2]);
  });

  it("give back streams that are new, and a seed that was set in the run", () => {
    seedEverything(1);
    const tasks = new RunTasks({});
    tasks.slice(() => {
      seedEverything(2);
      RandomStream.named("only in the run").nextUint32();
    });
    expect(RandomStream.globalSeed()).toBe(1);
    tasks.end();
    expect(RandomStream.globalSeed()).toBe(2);
    expect(RandomStream.named("only in the run").state().position).toBe(1);
  });

  it("nest: a run inside a slice of another one leaves that one in force", () => {
    const outer = new RunTasks({});
    outer.slice(() => {
      const scope = tensorScope();
      const inner = new RunTasks({});
      inner.slice(() => expect(currentScope()).toBeUndefined());
      expect(currentScope()).toBe(scope);
      inner.end();
      inner.end();
      expect(currentScope()).toBe(scope);
      scope.close();
    });
    outer.end();
    expect(outer.slice(() => installedTask())).toBe(ROOT);
  });

  it("close scopes from wherever that is done", () => {
    const tasks = new RunTasks({});
    const scope = tasks.slice(() => tensorScope());
    const made = tasks.slice(() => tf.ones([1]));
    const own = tensorScope();
    scope.close();
    expect([made.isDisposed, own.isAttached, scope.isAttached]).toEqual([true, true, false]);
    own.close();
    tasks.end();
  });
});

it("without an asynchronous context all is one task", () => {
  setAsyncContext(undefined);
  const tasks = new RunTasks({});
  const scope = tasks.slice(() => tensorScope());
  expect(currentScope()).toBe(scope);
  expect(installedTask()).toBe(ROOT);
  scope.close();
  tasks.end();
});
