import { optim, Parameter, resolveBackend } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { lightningOptimizer } from "../../words/lightning-optimizer.js";
import { sessionUnderTest } from "../loops/session-under-test.js";
import { OptimizerStepper } from "./optimizer-stepper.js";
import { replaceOptimizers, replaceSchedulers } from "./replace-optimizers.js";
import { resolveOptimizers } from "./resolve-optimizers.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  readonly weight = Parameter.fromData([2], [1]);
  readonly bias = Parameter.fromData([1], [1]);
}

class Manual extends Net {
  override automaticOptimization = false;
}

/** A fit that has an optimizer and a scheduler, in one of its hooks. */
function setUp({ module = new Net() }: { readonly module?: Net } = {}) {
  const sgd = new optim.SGD([module.weight, module.bias], { lr: 0.1 });
  const scheduler = new optim.lrScheduler.StepLR(sgd, { stepSize: 1 });
  const setups: unknown[] = [];
  const parts = {
    optimizers: resolveOptimizers([[sgd], [scheduler]], { isAutomatic: module.automaticOptimization }),
    connection: { strategy: { setupOptimizer: (optimizer: unknown) => void setups.push(optimizer) } },
    schedulers: { schedulers: [] },
  };
  const under = sessionUnderTest({ module, parts });
  under.state.stage = "fit";
  const { session } = under;
  const stepper = new OptimizerStepper(session, session.optimizers.optimizers);
  Object.assign(session, { stepper });
  return { ...under, stepper, module, sgd, scheduler, setups };
}

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("optimizers that are set during a fit", () => {
  it("are set up by the strategy and take the place of the others, which keep their schedulers", () => {
    const { session, module, scheduler, setups, terminal } = setUp();
    const adam = new optim.Adam(module.parameters(), { lr: 0.1 });
    replaceOptimizers(session, [adam]);
    expect(setups).toEqual([adam]);
    expect(session.optimizers.optimizers).toEqual([adam]);
    expect(session.optimizers.schedulers.map((one) => one.scheduler)).toEqual([scheduler]);
    expect(session.stepper.optimizers.map(({ optimizer }) => optimizer)).toEqual([adam]);
    expect(terminal.warnings).toEqual([
      "Warning: StepLR belongs to an optimizer that trainer.optimizers does not have any more: it changes that one's learning rate, and none of the others.",
    ]);
  });

  it("are handed out as before where they stay, and warn of nothing", () => {
    const { session, sgd, terminal } = setUp();
    const [handed] = session.stepper.optimizers;
    replaceOptimizers(session, [sgd]);
    expect(session.stepper.optimizers).toEqual([handed]);
    expect(session.stepper.optimizers[0]).toBe(handed);
    expect(terminal.warnings).toEqual([]);
  });

  it("may be those that this.optimizers() gives", () => {
    const { session, stepper, module, setups } = setUp();
    const adam = new optim.Adam(module.parameters(), { lr: 0.1 });
    replaceOptimizers(session, [lightningOptimizer(adam, stepper)]);
    expect(setups[0]).toBe(adam);
    expect(session.optimizers.optimizers[0]).toBe(adam);
  });

  it("warn of each kind of scheduler that is left", () => {
    const { session, sgd, terminal } = setUp();
    const [step, exponential] = [
      new optim.lrScheduler.StepLR(sgd, { stepSize: 1 }),
      new optim.lrScheduler.ExponentialLR(sgd, { gamma: 0.5 }),
    ];
    replaceSchedulers(session, [{ scheduler: step }, { scheduler: exponential }]);
    replaceOptimizers(session, []);
    expect(terminal.warnings.map((warning) => warning.slice(9, 30))).toEqual(
      ["StepLR belongs to an o", "ExponentialLR belongs"].map((text) => text.slice(0, 21)),
    );
  });

  it("may be none", () => {
    const { session, terminal } = setUp();
    replaceOptimizers(session, []);
    expect([session.optimizers.optimizers, session.stepper.optimizers]).toEqual([[], []]);
    expect(terminal.warnings).toHaveLength(1);
  });

  it("may be several where the module steps them itself, and not otherwise", () => {
    const manual = setUp({ module: new Manual() });
    const two = (module: Net) => [new optim.SGD([module.weight]), new optim.SGD([module.bias])];
    replaceOptimizers(manual.session, two(manual.module));
    expect(manual.session.stepper.optimizers).toHaveLength(2);
    const { session, module, sgd } = setUp();
    expect(failureOf(() => replaceOptimizers(session, two(module)))).toMatchObject({ code: "LIT_SEVERAL_OPTIMIZERS" });
    expect(session.optimizers.optimizers).toEqual([sgd]);
  });

  it("have to update the module", () => {
    const { session, sgd, setups } = setUp();
    const foreign = new optim.SGD([Parameter.fromData([1], [1])]);
    expect(failureOf(() => replaceOptimizers(session, [foreign]))).toMatchObject({ code: "LIT_OPTIMIZER_MISMATCH" });
    expect([session.optimizers.optimizers, setups]).toEqual([[sgd], []]);
  });
});

describe("schedulers that are set during a fit", () => {
  it("take the place of the others, with what configureOptimizers could have said of them", () => {
    const { session, sgd } = setUp();
    const scheduler = new optim.lrScheduler.ReduceLROnPlateau(sgd);
    const config = { scheduler, interval: "step", frequency: 3, monitor: "loss", strict: false, name: "mine" } as const;
    replaceSchedulers(session, [Object({ ...config, reduceOnPlateau: false, unknown: 1 })]);
    expect(session.optimizers.schedulers).toEqual([{ ...config, reduceOnPlateau: true }]);
    expect(session.schedulers.schedulers).toBe(session.optimizers.schedulers);
    expect(session.optimizers.optimizers).toEqual([sgd]);
    replaceSchedulers(session, []);
    expect([session.optimizers.schedulers, session.schedulers.schedulers]).toEqual([[], []]);
  });

  it("need a metric where the module steps nothing itself", () => {
    const { session, sgd } = setUp();
    const plateau = new optim.lrScheduler.ReduceLROnPlateau(sgd);
    expect(String(failureOf(() => replaceSchedulers(session, [{ scheduler: plateau }])))).toContain("which metric");
    const manual = setUp({ module: new Manual() });
    replaceSchedulers(manual.session, [{ scheduler: new optim.lrScheduler.ReduceLROnPlateau(manual.sgd) }]);
    expect(manual.session.optimizers.schedulers).toHaveLength(1);
  });
});

describe.each([
  ["optimizers", replaceOptimizers],
  ["lrSchedulerConfigs", replaceSchedulers],
] as const)("trainer.%s", (what, replace) => {
  it("can only be set while a fit is under way", () => {
    const { session, sgd } = setUp();
    const during = failureOf(() => replace(undefined, []));
    expect(during).toMatchObject({ code: "LIT_NOT_ATTACHED" });
    expect(String(during)).toContain(`trainer.${what} was set, and no fit is under way that would use them.`);
    expect(String(during)).toContain("return them from configureOptimizers, or set them in a hook");
    session.state.stage = "test";
    expect(failureOf(() => replace(session, []))).toMatchObject({ code: "LIT_NOT_ATTACHED" });
    expect(session.optimizers.optimizers).toEqual([sgd]);
  });
});
