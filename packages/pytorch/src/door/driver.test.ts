import { resolveBackend, tensorScope, tf, type RunTasks } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { Driver } from "./driver.js";
import { wait, waitForUser, type Steps } from "./steps.js";

beforeAll(async () => {
  await resolveBackend("cpu");
});

const soon = <TValue>(value: TValue): Promise<TValue> => new Promise((resolve) => setTimeout(resolve, 1, value));
const thenable = <TValue>(value: TValue): PromiseLike<TValue> => ({ then: (...args) => soon(value).then(...args) });

describe("a driver", () => {
  it("runs work that never waits synchronously, and gives back what it returned", () => {
    function* inner(): Steps<number> {
      return yield* wait(20);
    }
    function* work(): Steps<number> {
      return (yield* inner()) + (yield* waitForUser(1));
    }
    expect(new Driver().run(work())).toBe(21);
  });

  it("gives the values of promises and thenables back where they were waited for", async () => {
    function* inner(): Steps<number> {
      return (yield* wait(soon(3))) * (yield* waitForUser(thenable(5)));
    }
    function* work(): Steps<string> {
      const product: number = yield* inner();
      return `${product} ${yield* wait(thenable("apples"))}`;
    }
    expect(await new Driver().run(work())).toBe("15 apples");
  });

  it("runs synchronously again after a wait", async () => {
    const order: string[] = [];
    function* work(): Steps<void> {
      yield* wait(Promise.resolve());
      queueMicrotask(() => order.push("another task"));
      for (const part of ["a", "b"]) order.push(yield* wait(part));
    }
    await new Driver().run(work());
    expect(order).toEqual(["a", "b", "another task"]);
  });

  it("throws a rejection into the work at the wait, so that try, catch and finally work", async () => {
    const order: unknown[] = [];
    function* inner(): Steps<void> {
      try {
        yield* waitForUser(Promise.reject(new Error("no")));
      } finally {
        order.push(yield* wait(soon("cleaned up")));
      }
    }
    function* work(): Steps<string> {
      try {
        yield* inner();
      } catch (error) {
        order.push(error);
      }
      return yield* wait(soon("went on"));
    }
    expect(await new Driver().run(work())).toBe("went on");
    expect(order).toEqual(["cleaned up", new Error("no")]);
  });

  it("throws at once what is thrown before anything waits, and rejects with what comes later", async () => {
    function* work(waits: boolean): Steps<void> {
      if (waits) yield* wait(soon(1));
      throw new Error("broken");
    }
    expect(() => new Driver().run(work(false))).toThrow("broken");
    await expect(new Driver().run(work(true))).rejects.toThrow("broken");
  });
});

describe("the scope of a batch", () => {
  it("is detached while the run waits for its own work, and open again afterwards", async () => {
    const driver = new Driver();
    function* batch(): Steps<boolean[]> {
      const scope = driver.openScope({ name: "batch" });
      try {
        const mine = tf.ones([1]);
        const theirs = yield* wait(soon(0).then(() => [scope.isAttached, tf.ones([1])] as const));
        const later = tf.ones([1]);
        scope.close();
        const result = [theirs[0], mine.isDisposed, theirs[1].isDisposed, later.isDisposed];
        theirs[1].dispose();
        return result;
      } finally {
        scope.close();
      }
    }
    expect(await driver.run(batch())).toEqual([false, true, false, true]);
  });

  it("stays where it is while the user's code goes on", async () => {
    const driver = new Driver();
    function* batch(): Steps<boolean> {
      const scope = driver.openScope({ name: "batch" });
      const made = yield* waitForUser(soon(0).then(() => tf.ones([1])));
      scope.close();
      return made.isDisposed;
    }
    expect(await driver.run(batch())).toBe(true);
  });

  it("is attached again when what was waited for fails", async () => {
    const driver = new Driver();
    const seen: boolean[] = [];
    function* batch(): Steps<void> {
      const scope = driver.openScope({ name: "batch" });
      try {
        yield* wait(Promise.reject(new Error("no")));
      } finally {
        seen.push(scope.isAttached);
        scope.close();
      }
    }
    await expect(driver.run(batch())).rejects.toThrow("no");
    expect(seen).toEqual([true]);
  });

  it("of another run is left alone", async () => {
    const theirs = tensorScope({ name: "another run's" });
    function* work(): Steps<boolean> {
      return yield* wait(soon(0).then(() => theirs.isAttached));
    }
    expect(await new Driver().run(work())).toBe(true);
    theirs.close();
  });
});

it.each<[string, () => Promise<void>]>([
  [
    "throws",
    () => {
      throw new Error("the flush failed");
    },
  ],
  ["rejects", () => Promise.reject(new Error("the flush failed"))],
])("the user's promise is waited for where handing over what is recorded %s", async (_how, handOver) => {
  const seen: string[] = [];
  function* step(): Steps<void> {
    try {
      yield* waitForUser(soon(0).then(() => seen.push("the user's code")));
    } finally {
      seen.push("the end of the step");
    }
  }
  await expect(new Driver(undefined, handOver).run(step())).rejects.toThrow("the flush failed");
  expect(seen).toEqual(["the user's code", "the end of the step"]);
});

describe("what is recorded so far", () => {
  it("is handed over before the user's code is waited for, and not before work of ours", async () => {
    const order: string[] = [];
    const driver = new Driver(undefined, () => void order.push("handed over"));
    function* work(): Steps<number> {
      yield* wait(soon(0).then(() => order.push("ours")));
      const value = yield* waitForUser(soon(5));
      order.push("theirs");
      return value;
    }
    expect(await driver.run(work())).toBe(5);
    expect(order).toEqual(["ours", "handed over", "theirs"]);
  });

  it("is waited for behind the user's own promise, and fails there", async () => {
    const order: string[] = [];
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    const ways = [
      () => {
        throw new Error("at once");
      },
      () => Promise.reject(new Error("soon")),
      () => soon(0).then(() => Promise.reject(new Error("later"))),
    ];
    const failures: unknown[] = [];
    for (const way of ways) {
      const driver = new Driver(undefined, way);
      function* work(): Steps<void> {
        yield* waitForUser(
          soon(0)
            .then(() => soon(0))
            .then(() => soon(0))
            .then(() => void order.push("theirs")),
        );
      }
      await driver.run(work())?.catch((error: unknown) => failures.push(error));
    }
    process.off("unhandledRejection", hear);
    expect(failures).toEqual([new Error("at once"), new Error("soon"), new Error("later")]);
    expect(order).toEqual(["theirs", "theirs", "theirs"]);
    expect(unheard).toEqual([]);
  });

  it("does not hide that the user's code failed", async () => {
    const driver = new Driver(undefined, () => Promise.reject(new Error("handing over")));
    function* work(): Steps<void> {
      yield* waitForUser(soon(0).then(() => Promise.reject(new Error("theirs"))));
    }
    await expect(driver.run(work())).rejects.toThrow("theirs");
  });
});

describe("a run with tasks", () => {
  it("has them in force in each part between two waits", async () => {
    const slices: string[] = [];
    let now = "outside";
    const tasks: RunTasks = Object({
      slice: (body: () => unknown) => {
        now = "inside";
        slices.push(now);
        try {
          return body();
        } finally {
          now = "outside";
        }
      },
    });
    function* work(): Steps<string[]> {
      const first = now;
      const meanwhile = yield* wait(soon(0).then(() => now));
      return [first, meanwhile, now];
    }
    expect(await new Driver(tasks).run(work())).toEqual(["inside", "outside", "inside"]);
    expect(slices).toHaveLength(2);
  });
});

it("work that waits goes on by a driver, and by nobody else", () => {
  const steps = wait(soon(1));
  steps.next();
  expect(() => steps.next()).toThrow(new Error("Only a driver may go on after a yield, when the wait is over."));
});
