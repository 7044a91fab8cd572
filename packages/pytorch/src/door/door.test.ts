import { MisconfigurationError, resolveBackend, StateDictError, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { HookError } from "../errors/hook-error.js";
import { Door } from "./door.js";
import { Driver } from "./driver.js";
import { wait, type Steps } from "./steps.js";

beforeAll(async () => {
  await resolveBackend("cpu");
});

const soon = <TValue>(value: TValue): Promise<TValue> => new Promise((resolve) => setTimeout(resolve, 1, value));

function open(position: () => string = () => "epoch 1") {
  const driver = new Driver();
  return { driver, door: new Door({ driver, position }) };
}

/** A user's object: methods that note which hook runs. */
class Net {
  readonly seen: (string | undefined)[] = [];
  constructor(readonly door: Door) {}
  atOnce(a: number, b: string): string {
    this.seen.push(this.door.hook);
    return `${b}${a}`;
  }
  async later(): Promise<string> {
    this.seen.push(this.door.hook);
    await soon(0);
    this.seen.push(this.door.hook);
    return "late";
  }
  thenable(): PromiseLike<number> {
    return {
      then: (...args) =>
        this.later()
          .then(() => 7, undefined)
          .then(...args),
    };
  }
  throws(): never {
    throw new TypeError("bad");
  }
  async rejects(): Promise<void> {
    await soon(0);
    throw new TypeError("bad");
  }
  refuses(): PromiseLike<void> {
    return { then: (...args) => this.rejects().then(...args) };
  }
  misuses(): never {
    throw new MisconfigurationError({ message: "Not like this." });
  }
}

const failureOf = async (running: () => unknown): Promise<unknown> => {
  try {
    await running();
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
};

describe("a call through the door", () => {
  it("gives back what the method returned, and knows the hook while it runs", async () => {
    const { driver, door } = open();
    const net = new Net(door);
    const result: string | Promise<string> = driver.run(door.call(net, "atOnce", 1, "x"));
    expect(result).toBe("x1");
    expect(await driver.run(door.call(net, "later"))).toBe("late");
    const seven: number = await driver.run(door.call(net, "thenable"));
    expect(seven).toBe(7);
    expect(net.seen).toEqual(["atOnce", "later", "later", "thenable", "thenable"]);
    expect(door.hook).toBeUndefined();
  });

  it.each(["throws", "rejects", "refuses"] as const)("names the method that %s, and the position", async (method) => {
    const { driver, door } = open(() => "epoch 2, batch 3");
    const error = await failureOf(() => driver.run(door.call(new Net(door), method)));
    expect(error).toBeInstanceOf(HookError);
    expect(error).toMatchObject({ hook: `Net.${method}`, position: "epoch 2, batch 3", cause: new TypeError("bad") });
    expect(door.hook).toBeUndefined();
  });

  it("shows the batch of a step that failed", async () => {
    const { driver, door } = open();
    const step = { validationStep: (_batch: unknown, _batchIdx: number): Promise<void> => new Net(door).rejects() };
    const batch = { x: tf.buffer([2, 3]) };
    const error = await failureOf(() => driver.run(door.step(step, "validationStep", batch, 0)));
    expect(String(error)).toContain(
      "Object.validationStep failed at epoch 1: bad. The batch was { x: float32 [2, 3] }.",
    );
  });

  it("shows the batch that a hook worked on", async () => {
    const { driver, door } = open();
    const hooks = {
      move: (x: string): string => `moved ${x}`,
      fails: (_batch: unknown): never => {
        throw new Error("bad");
      },
    };
    expect(driver.run(door.callOn("batch", hooks, "move", "it"))).toBe("moved it");
    const error = await failureOf(() => driver.run(door.callOn([1, 2], hooks, "fails", "it")));
    expect(error).toMatchObject({ hook: "Object.fails" });
    expect(String(error)).toContain("Object.fails failed at epoch 1: bad. The batch was [number, number].");
  });

  it("leaves errors alone that say what to do, and those that a hook inside was named for already", async () => {
    const { driver, door } = open();
    const net = new Net(door);
    expect(await failureOf(() => driver.run(door.call(net, "misuses")))).toBeInstanceOf(MisconfigurationError);
    const misfit = new StateDictError({
      module: "Net",
      missingKeys: ["weight"],
      unexpectedKeys: [],
      shapeMismatches: [],
    });
    const loads = {
      hook: () => {
        throw misfit;
      },
    };
    expect(await failureOf(() => driver.run(door.call(loads, "hook")))).toBe(misfit);
    const outer = { trainingStep: () => driver.run(door.call(net, "rejects")) };
    expect(await failureOf(() => driver.run(door.call(outer, "trainingStep")))).toMatchObject({ hook: "Net.rejects" });
  });

  it("names the hook in which another run failed", async () => {
    const [first, second] = [open(() => "the first run"), open(() => "the second run")];
    const callback = { onFitStart: () => second.driver.run(second.door.call(new Net(second.door), "rejects")) };
    const error = await failureOf(() => first.driver.run(first.door.call(callback, "onFitStart")));
    expect(error).toMatchObject({ hook: "Object.onFitStart", position: "the first run" });
    expect(String(error)).toContain("Net.rejects failed at the second run: bad");
  });

  it("knows the hook again after one inside it, asynchronous or not", async () => {
    const { driver, door } = open();
    const net = new Net(door);
    const seen: unknown[] = [];
    const outer = {
      async trainingStep() {
        void driver.run(door.call(net, "atOnce", 1, ""));
        seen.push(door.hook);
        await driver.run(door.call(net, "later"));
        seen.push(door.hook);
      },
    };
    await driver.run(door.call(outer, "trainingStep"));
    expect(seen).toEqual(["trainingStep", "trainingStep"]);
  });

  it("refuses arguments that the method does not take", () => {
    const { door } = open();
    // @ts-expect-error atOnce takes a number first.
    door.call(new Net(door), "atOnce", "x", "y");
    // @ts-expect-error There is no such method.
    door.call(new Net(door), "never");
  });
});

describe("work aside", () => {
  /** A batch whose hook does `hook`; tells for its tensors whether they were freed with it. */
  function* batchWith(driver: Driver, door: Door, hook: () => unknown, made: tf.Tensor[]): Steps<void> {
    const scope = driver.openScope({ name: "batch" });
    try {
      yield* door.call({ hook }, "hook");
      made.push(tf.ones([1]));
      expect(scope.isAttached).toBe(true);
    } finally {
      scope.close();
    }
  }

  it("is not in the scope of the batch, and what comes after it is", async () => {
    const { driver, door } = open();
    const made: tf.Tensor[] = [];
    const work = async () => {
      made.push(tf.ones([1]));
      await soon(0);
      made.push(tf.ones([1]));
    };
    const hook = async () => {
      await door.aside(work);
      made.push(tf.ones([1]));
    };
    await driver.run(batchWith(driver, door, hook, made));
    expect(made.map((tensor) => tensor.isDisposed)).toEqual([false, false, true, true]);
    tf.dispose(made.slice(0, 2));
  });

  it("does not keep the batch detached when the hook did not wait for it", async () => {
    const { driver, door } = open();
    const made: tf.Tensor[] = [];
    let work: Promise<unknown> | undefined;
    const hook = () => void (work = door.aside(() => soon(0)));
    await driver.run(batchWith(driver, door, hook, made));
    await work;
    expect(made.map((tensor) => tensor.isDisposed)).toEqual([true]);
  });

  it("is waited for by the run that it is enclosed in", async () => {
    const { driver, door } = open();
    const order: string[] = [];
    const hook = () => {
      void door.enclose(async () => {
        await soon(0);
        order.push("inner");
      });
      door.enclose(() => Promise.reject(new Error("not waited for"))).catch(() => order.push("failed"));
    };
    await driver.run(batchWith(driver, door, hook, []));
    order.push("outer");
    expect(order).toEqual(["failed", "inner", "outer"]);
  });

  it("changes nothing where there is no batch, or no hook that it could be aside of", async () => {
    const { driver, door } = open();
    expect(await driver.run(door.call({ hook: () => door.aside(() => soon(4)) }, "hook"))).toBe(4);
    const scope = driver.openScope({ name: "batch" });
    const work = door.aside(async () => scope.isAttached);
    expect([await work, scope.isAttached]).toEqual([true, true]);
    scope.close();
  });

  it("that a hook did not wait for leaves the batch alone when it ends", async () => {
    const { driver, door } = open();
    let finish: () => void = () => undefined;
    let work: Promise<unknown> | undefined;
    const hook = () => void (work = door.aside(() => new Promise<void>((resolve) => (finish = resolve))));
    const seen: boolean[] = [];
    function* batch(): Steps<void> {
      const scope = driver.openScope({ name: "batch" });
      yield* door.call({ hook }, "hook");
      const ours = async () => {
        finish();
        await work;
        seen.push(scope.isAttached);
      };
      yield* wait(ours());
      seen.push(scope.isAttached);
      scope.close();
    }
    await driver.run(batch());
    expect(seen).toEqual([false, true]);
  });

  it("of one hook goes on while another hook is called and ends", async () => {
    const { driver, door } = open();
    const seen: boolean[] = [];
    const inner = { atOnce: () => seen.push(driver.scope?.isAttached === true) };
    const hook = () =>
      door.aside(async () => {
        void driver.run(door.call(inner, "atOnce"));
        seen.push(driver.scope?.isAttached === true);
      });
    const made: tf.Tensor[] = [];
    await driver.run(batchWith(driver, door, hook, made));
    expect(seen).toEqual([false, false]);
  });

  it("that a run enclosed is waited for once: what comes later is called at once again", async () => {
    const { driver, door } = open();
    await driver.run(door.call({ hook: () => void door.enclose(() => soon(0)) }, "hook"));
    expect(driver.run(door.call({ hook: () => 3 }, "hook"))).toBe(3);
  });

  it("knows which run's code is on the stack", async () => {
    const [first, second] = [open(), open()];
    const seen: (Door | undefined)[] = [];
    const look = () => void seen.push(Door.running);
    const both = {
      hook: () => {
        look();
        void second.driver.run(second.door.call({ look }, "look"));
        look();
      },
    };
    void first.driver.run(first.door.call(both, "hook"));
    look();
    expect(seen).toEqual([first.door, second.door, first.door, undefined]);
  });
});
