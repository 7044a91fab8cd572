import type { ModuleRuntime } from "../../contract/module-runtime.js";
import { manualBackward } from "../optimization/manual-optimization.js";
import type { FitSession } from "../session/fit-session.js";
import type { Session } from "../session/session.js";

/** What a module reaches through `this` during a run. */
export function moduleRuntime(session: Session, fit: FitSession | undefined): ModuleRuntime {
  const { connection, door, driver, logging, messages, plan, trainer } = session;
  return {
    trainer,
    device: connection.device,
    loggers: trainer.loggers,
    optimizers: fit?.stepper.optimizers ?? [],
    lrSchedulers: fit?.optimizers.schedulers.map(({ scheduler }) => scheduler) ?? [],
    log(name, value, options) {
      if (plan.barebones) messages.warn("barebones log", "With barebones nothing is logged.");
      else logging.connector.log(door.hook, name, value, options);
    },
    backward: (loss, options) => connection.strategy.backward(loss, options),
    manualBackward: (loss, options) => driver.run(manualBackward(session, loss, options)),
    clipGradients: (optimizer, value, algorithm) => fit?.stepper.clip(optimizer, value, algorithm),
    print(text) {
      if (connection.strategy.isGlobalZero) messages.info(text);
    },
  };
}
