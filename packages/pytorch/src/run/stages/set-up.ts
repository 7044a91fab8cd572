import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Session } from "../session/session.js";

/** Data, loggers and `setup` hooks, in Lightning's order. */
export async function setUp(session: Session): Promise<void> {
  const { hooks, module, datamodule, stage, logging } = session;
  if (datamodule !== undefined && datamodule.prepareData !== LightningDataModule.prototype.prepareData)
    await hooks.call(datamodule.constructor.name, "prepareData", () => datamodule.prepareData());
  if (module.prepareData !== LightningModule.prototype.prepareData)
    await hooks.call(module.constructor.name, "prepareData", () => module.prepareData());
  await logging.loggers.open();
  if (datamodule !== undefined && datamodule.setup !== LightningDataModule.prototype.setup)
    await hooks.call(datamodule.constructor.name, "setup", () => datamodule.setup(stage));
  if (hooks.table.setup.length > 0) await hooks.run("setup", stage);
  if (module.configureModel !== LightningModule.prototype.configureModel)
    await hooks.call(module.constructor.name, "configureModel", () => module.configureModel());
}

/** `teardown` hooks of data module, callbacks and module. */
export async function tearDown(session: Session, error: unknown): Promise<void> {
  const { hooks, datamodule, stage } = session;
  if (datamodule !== undefined && datamodule.teardown !== LightningDataModule.prototype.teardown)
    await hooks.call(datamodule.constructor.name, "teardown", () => datamodule.teardown(stage, error));
  if (hooks.table.teardown.length > 0) await hooks.run("teardown", stage, error);
}
