import { describe, expect, it } from "vitest";
import { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { Door } from "../../door/door.js";
import { Driver } from "../../door/driver.js";
import { wait } from "../../door/steps.js";
import type { HookName } from "../../words/hook-arguments.js";
import { compileHooks } from "./compile-hooks.js";
import { Hooks } from "./hooks.js";

const trainer: Trainer = Object({ name: "the trainer" });

/** Hooks that a callback and a module both have, apart from those below. */
const OF_BOTH: readonly HookName[] = [
  ...(["setup", "teardown", "onFitStart", "onFitEnd", "onTrainStart", "onTrainEnd", "onSaveCheckpoint"] as const),
  ...(["onTrainEpochStart", "onTrainBatchStart", "onTrainBatchEnd", "onBeforeZeroGrad"] as const),
  ...(["onBeforeBackward", "onAfterBackward", "onBeforeOptimizerStep"] as const),
  ...(["onValidationStart", "onValidationEnd", "onValidationEpochStart", "onValidationEpochEnd"] as const),
  ...(["onValidationBatchStart", "onValidationBatchEnd", "onTestStart", "onTestEnd"] as const),
  ...(["onTestEpochStart", "onTestEpochEnd", "onTestBatchStart", "onTestBatchEnd"] as const),
  ...(["onPredictStart", "onPredictEnd", "onPredictEpochStart", "onPredictEpochEnd"] as const),
  ...(["onPredictBatchStart", "onPredictBatchEnd"] as const),
];
const OF_CALLBACKS = ["onSanityCheckStart", "onSanityCheckEnd", "onLoadCheckpoint", "onException"] as const;

let calls: (readonly unknown[])[] = [];

/** A callback or module that notes each call of one hook. */
function withHook<TOwner extends object>(owner: TOwner, name: string, label: string): TOwner {
  return Object.assign(owner, {
    [name](this: unknown, ...args: readonly unknown[]) {
      calls.push([label, this === owner, ...args]);
      return label;
    },
  });
}

class Net extends LightningModule {}
class Monitor extends Callback {
  override readonly monitorsMetrics = true;
}

function run(
  { callbacks, module, after }: { callbacks: readonly Callback[]; module: LightningModule; after?: () => void },
  name: HookName,
  ...args: unknown[]
): unknown {
  calls = [];
  const driver = new Driver();
  const door = new Door({ driver, position: () => "the test" });
  const table = compileHooks(callbacks, module, trainer);
  const hooks = after === undefined ? new Hooks(table, door) : new Hooks(table, door, () => wait(after()));
  return driver.run(Reflect.apply(hooks.run, hooks, [name, ...args]));
}

describe("a hook", () => {
  it.each(OF_BOTH)("%s is called of callbacks in their order and then of the module", (name) => {
    const [first, second] = [withHook(new Callback(), name, "first"), withHook(new Callback(), name, "second")];
    const module = withHook(new Net(), name, "module");
    expect(run({ callbacks: [first, new Callback(), second], module }, name, 1, 2)).toBe("module");
    expect(calls).toEqual([
      ["first", true, trainer, module, 1, 2],
      ["second", true, trainer, module, 1, 2],
      ["module", true, 1, 2],
    ]);
  });

  it.each(OF_CALLBACKS)("%s is called of callbacks only", (name) => {
    const module = withHook(new Net(), name, "module");
    const callbacks = [withHook(new Callback(), name, "first"), withHook(new Monitor(), name, "second")];
    expect(run({ callbacks, module }, name, 1)).toBeUndefined();
    expect(calls).toEqual([
      ["first", true, trainer, module, 1],
      ["second", true, trainer, module, 1],
    ]);
  });

  it("onTrainEpochEnd is called last of those that watch metrics", () => {
    const name = "onTrainEpochEnd";
    const callbacks = [withHook(new Monitor(), name, "monitor"), withHook(new Callback(), name, "callback")];
    const module = withHook(new Net(), name, "module");
    run({ callbacks: [...callbacks, new Monitor()], module }, name);
    expect(calls.map(([label]) => label)).toEqual(["callback", "module", "monitor"]);
  });

  it("that nobody has does nothing, however often", () => {
    const nobody = { callbacks: [new Callback()], module: new Net() };
    expect([run(nobody, "onTrainStart"), run(nobody, "onTrainStart")]).toEqual([undefined, undefined]);
    expect(calls).toEqual([]);
  });

  it.each<[HookName, number]>([
    ["onTrainEpochEnd", 2],
    ["onValidationEpochEnd", 2],
    ["onTestEpochEnd", 2],
    ["onPredictEpochEnd", 0],
    ["onTrainEpochStart", 0],
  ])("%s is followed %d times by the computing of what was logged in it", (name, expected) => {
    let computed = 0;
    const after = () => void (computed += 1);
    run(
      { callbacks: [withHook(new Callback(), name, "first")], module: withHook(new Net(), name, "module"), after },
      name,
    );
    expect(computed).toBe(expected);
    computed = 0;
    run({ callbacks: [withHook(new Callback(), name, "first")], module: new Net(), after }, name);
    expect(computed).toBe(expected / 2);
  });

  it("that must reach everybody does so though some fail, and tells what they threw", async () => {
    calls = [];
    const name = "onException";
    const fails = (how: () => unknown) => Object.assign(new Callback(), { [name]: how });
    const callbacks = [
      fails(() => {
        throw new Error("first");
      }),
      withHook(new Callback(), name, "second"),
      fails(() => Promise.reject(new Error("third"))),
      withHook(new Callback(), name, "fourth"),
    ];
    const driver = new Driver();
    const door = new Door({ driver, position: () => "the test" });
    const hooks = new Hooks(compileHooks(callbacks, new Net(), trainer), door);
    const failures: unknown[] = await driver.run(hooks.runAll(name, new Error("the reason")));
    expect(failures).toMatchObject([{ cause: { message: "first" } }, { cause: { message: "third" } }]);
    expect(calls.map(([label]) => label)).toEqual(["second", "fourth"]);
    expect(await driver.run(hooks.runAll("onTrainStart"))).toEqual([]);
  });

  it("that fails is named with its owner", () => {
    class Fails extends Callback {
      override onTrainStart(): void {
        throw new Error("as asked");
      }
    }
    let failure: unknown;
    try {
      run({ callbacks: [new Fails()], module: new Net() }, "onTrainStart");
    } catch (error) {
      failure = error;
    }
    expect(String(failure)).toContain("Fails.onTrainStart failed at the test: as asked");
  });
});
