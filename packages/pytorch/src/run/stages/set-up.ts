import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait, type Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";

/** Data, loggers and `setup` hooks, in Lightning's order. */
export function* setUp(session: Session): Steps<void> {
  const { door, hooks, module, datamodule, stage, logging } = session;
  if (datamodule !== undefined && datamodule.prepareData !== LightningDataModule.prototype.prepareData)
    yield* door.call(datamodule, "prepareData");
  if (module.prepareData !== LightningModule.prototype.prepareData) yield* door.call(module, "prepareData");
  yield* wait(logging.loggers.open());
  if (datamodule !== undefined && datamodule.setup !== LightningDataModule.prototype.setup)
    yield* door.call(datamodule, "setup", stage);
  yield* hooks.run("setup", stage);
  if (module.configureModel !== LightningModule.prototype.configureModel) yield* door.call(module, "configureModel");
}

/** `teardown` hooks of data module, callbacks and module. */
export function* tearDown(session: Session, error: unknown): Steps<void> {
  const { door, hooks, datamodule, stage } = session;
  if (datamodule !== undefined && datamodule.teardown !== LightningDataModule.prototype.teardown)
    yield* door.call(datamodule, "teardown", stage, error);
  yield* hooks.run("teardown", stage, error);
}
