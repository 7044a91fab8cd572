import { MisconfigurationError } from "@lightning-ts/core";
import { wait, type Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";

/**
 * Sends the hyperparameters of module and data module to the loggers. @throws MisconfigurationError when the two
 * disagree
 */
export function* logHyperparameters({ module, datamodule, plan, logging }: Session): Steps<void> {
  if (!plan.enableAutologHparams || logging.loggers.isEmpty) return;
  const ofModule = module.hyperparameterRecord.forLoggers();
  const ofData = datamodule?.hyperparameterRecord.forLoggers() ?? {};
  const disagreeing = Object.keys(ofData).filter(
    (name) => name in ofModule && JSON.stringify(ofData[name]) !== JSON.stringify(ofModule[name]),
  );
  if (disagreeing.length > 0) {
    throw new MisconfigurationError({
      code: "LIT_HPARAMS_DISAGREE",
      message: `The module and the data module saved different values for ${disagreeing.join(", ")}.`,
      tryThis: "other names in one of the two, or saveHyperparameters(…, { logger: false }).",
    });
  }
  const all = { ...ofData, ...ofModule };
  if (Object.keys(all).length > 0) logging.loggers.logHyperparams(all);
  yield* wait(logging.loggers.save());
}
