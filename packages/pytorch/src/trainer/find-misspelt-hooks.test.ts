import { expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import { findMisspeltHooks } from "./find-misspelt-hooks.js";

it("methods that are nearly hooks are found, and others are left alone", () => {
  class FromPython extends LightningModule {
    readonly onStep = () => undefined;
    training_step() {}
    validationstep() {}
    onTrainEpochEnded() {}
    override onTrainStart() {}
    onlyMine() {}
    train2() {}
    describe() {}
  }
  class Deeper extends FromPython {
    override onTrainEnd() {}
  }
  expect(findMisspeltHooks(new Deeper(), LightningModule)).toEqual([
    { name: "training_step", meant: "trainingStep" },
    { name: "validationstep", meant: "validationStep" },
    { name: "onTrainEpochEnded", meant: "onTrainEpochEnd" },
  ]);
});

it("callbacks have hooks of their own", () => {
  class Watcher extends Callback {
    on_exception() {}
    override onException() {}
  }
  expect(findMisspeltHooks(new Watcher(), Callback)).toEqual([{ name: "on_exception", meant: "onException" }]);
});
