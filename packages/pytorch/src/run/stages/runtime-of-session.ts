import { MisconfigurationError, outsideScope } from "@lightning-ts/core";
import type { ModuleRuntime } from "../../contract/module-runtime.js";
import type { Trainer } from "../../contract/trainer.js";
import { outsideOfHooks } from "../../results/log-connector.js";
import { manualBackward } from "../optimization/manual-optimization.js";
import type { FitSession } from "../session/fit-session.js";
import type { Session } from "../session/session.js";

/** What a module reaches before its run is set up, in `configureCallbacks`: the Trainer, and nothing that runs yet. */
export function runtimeBeforeRun(
  trainer: Trainer,
  { connection, door, messages }: Pick<Session, "connection" | "door" | "messages">,
): ModuleRuntime {
  const refuse = (what: string): never => {
    throw new MisconfigurationError({
      code: "LIT_NOT_ATTACHED",
      message: `${what} needs a run, and in configureCallbacks none has begun.`,
      tryThis: "setup(), or a hook that comes after it.",
    });
  };
  return {
    trainer,
    get device() {
      return connection.device;
    },
    get loggers() {
      return trainer.loggers;
    },
    optimizers: [],
    lrSchedulers: [],
    log(name) {
      throw outsideOfHooks(name, door.hook);
    },
    backward: () => refuse("backward()"),
    manualBackward: () => refuse("manualBackward()"),
    clipGradients: () => refuse("clipGradients()"),
    print: (text) => messages.print(text),
    allGather: () => refuse("allGather()"),
  };
}

/** What a module reaches through `this` during a run. */
export function moduleRuntime(session: Session, fit: FitSession | undefined): ModuleRuntime {
  const { connection, door, driver, logging, messages, plan, trainer } = session;
  return {
    trainer,
    device: connection.device,
    get loggers() {
      return trainer.loggers;
    },
    get optimizers() {
      return fit?.stepper.optimizers ?? [];
    },
    get lrSchedulers() {
      return fit?.optimizers.schedulers.map(({ scheduler }) => scheduler) ?? [];
    },
    log(name, value, options) {
      if (plan.barebones) messages.warn("barebones log", "With barebones nothing is logged.");
      else logging.connector.log(door.hook, name, value, options);
    },
    backward: (loss, options) => connection.strategy.backward(loss, options),
    manualBackward: (loss, options) => driver.run(manualBackward(session, loss, options)),
    clipGradients: (optimizer, value, algorithm) => fit?.stepper.clip(optimizer, value, algorithm),
    print(text) {
      if (connection.strategy.isGlobalZero) messages.print(text);
    },
    allGather: (value) => outsideScope(connection.strategy.allGather(value, "module.allGather")),
  };
}
