import { follow, RunTasks, setAsyncContext } from "@lightning-ts/core";
import { nodeAsyncContext } from "@lightning-ts/fabric/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallTiming } from "./call-timing.js";
import { Door } from "./door.js";
import { Driver } from "./driver.js";
import type { Steps } from "./steps.js";

const soon = <TValue>(value: TValue): Promise<TValue> => new Promise((resolve) => setTimeout(resolve, 1, value));

const opened: RunTasks[] = [];

beforeEach(() => setAsyncContext(nodeAsyncContext()));
afterEach(() => {
  for (const tasks of opened.splice(0)) tasks.end();
  setAsyncContext(undefined);
});

/** The door of a run that has tasks of its own. */
function open(timing?: CallTiming) {
  const tasks = new RunTasks({});
  opened.push(tasks);
  const driver = new Driver(tasks);
  const door = new Door({ driver, position: () => "the test", tasks, timing });
  return { driver, door, call: (hook: () => unknown) => driver.run(door.call({ hook }, "hook")) };
}

describe("where code can be followed, a run", () => {
  it("is known behind an await of its code, and not when that is over", async () => {
    const { door, call } = open();
    const seen: (Door | undefined)[] = [];
    let late: Promise<void> | undefined;
    await call(async () => {
      seen.push(Door.running);
      await soon(0);
      seen.push(Door.running);
      late = soon(0).then(() => void seen.push(Door.running));
    });
    await late;
    expect(seen).toEqual([door, door, undefined]);
    expect(Door.running).toBeUndefined();
  });

  it("is known to what waits at once as well, and two runs that take turns are told apart", async () => {
    const [first, second] = [open(), open()];
    const seen: unknown[] = [];
    const hook =
      ({ door }: { door: Door }) =>
      async () => {
        await soon(0);
        seen.push(Door.running === door);
        await soon(0);
        seen.push(Door.running === door);
      };
    await Promise.all([first.call(hook(first)), second.call(hook(second))]);
    first.call(() => void seen.push(Door.running === first.door));
    expect(seen).toEqual([true, true, true, true, true]);
  });

  it("is not taken for one where something else is followed", () => {
    const tasks = new RunTasks({});
    opened.push(tasks);
    expect(tasks.follow(() => Door.running)).toBeUndefined();
  });

  it("tells which of its calls started something, also when that call is over", async () => {
    const { door, call } = open();
    const other = open();
    const seen: (string | undefined)[] = [];
    let late: Promise<void> | undefined;
    await call(async () => {
      seen.push(door.startedIn(), other.door.startedIn());
      late = soon(0)
        .then(() => soon(0))
        .then(() => void seen.push(door.startedIn(), other.door.startedIn()));
    });
    await late;
    expect(seen).toEqual(["Object.hook", undefined, "Object.hook", undefined]);
    expect(door.startedIn()).toBeUndefined();
  });

  it.each([undefined, null, "a text", {}, { owner: {} }, { method: "hook" }])(
    "takes what is followed with %o for no call of its own",
    (about) => {
      const { door } = open();
      const tasks = new RunTasks({});
      opened.push(tasks);
      const seen = follow(tasks.openCall(door, about), () => [door.startedIn()]);
      expect(seen).toEqual([undefined]);
    },
  );

  it("without tasks leaves its code to whoever calls it", async () => {
    const outer = open();
    const driver = new Driver();
    const plain = new Door({ driver, position: () => "the test" });
    const seen: (Door | undefined)[] = [];
    const look = async () => {
      await soon(0);
      seen.push(Door.running);
    };
    await outer.call(() => driver.run(plain.call({ look }, "look")));
    expect(seen).toEqual([outer.door]);
    expect(seen[0]).toBe(outer.door);
  });

  it("gives back at once what code returned that waits for nothing", () => {
    const { call } = open();
    expect([call(() => 3), call(() => undefined)]).toEqual([3, undefined]);
  });

  it("has work that begins when it is waited for as its own", async () => {
    const { door, call } = open();
    const seen: (Door | undefined)[] = [];
    const lazy = {
      then: (resolve: (value: number) => unknown) => {
        seen.push(Door.running);
        return soon(7).then(resolve);
      },
    };
    expect(await call(() => lazy)).toBe(7);
    expect(seen).toEqual([door]);
  });
});

describe("the timing of calls", () => {
  const heard: string[] = [];
  const timing: CallTiming = {
    beginCall: ({ method }) => {
      heard.push(`> ${method}`);
      return method === "untimed" ? undefined : `action ${method}`;
    },
    end: (action) => void heard.push(`< ${action}`),
  };
  beforeEach(() => void heard.splice(0));

  function* calls(door: Door, owner: Record<string, () => unknown>): Steps<void> {
    for (const method of Object.keys(owner)) yield* door.call(owner, method);
  }

  it("lasts until what they returned is there, and hears of no end where nothing began", async () => {
    const { driver, door } = open(timing);
    const later = async () => {
      await soon(0);
      heard.push("later");
    };
    await driver.run(calls(door, { later, untimed: () => heard.push("untimed"), atOnce: () => 0 }));
    expect(heard).toEqual([
      ...["> later", "later", "< action later"],
      ...["> untimed", "untimed"],
      ...["> atOnce", "< action atOnce"],
    ]);
  });

  it("ends with a failure too", () => {
    const { driver, door } = open(timing);
    const fails = () => {
      throw new Error("as asked");
    };
    expect(() => driver.run(calls(door, { fails }))).toThrow("Object.fails failed at the test: as asked");
    expect(heard).toEqual(["> fails", "< action fails"]);
  });
});
