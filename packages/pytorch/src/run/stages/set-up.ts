import { classNameOf } from "@lightning-ts/core";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait, type Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";

/** Data, loggers and `setup` hooks, in Lightning's order. */
export function* setUp(session: Session): Steps<void> {
  const { door, hooks, module, datamodule, stage, logging } = session;
  if (datamodule !== undefined && datamodule.prepareData !== LightningDataModule.prototype.prepareData)
    yield* prepareData(session, datamodule);
  if (module.prepareData !== LightningModule.prototype.prepareData) yield* prepareData(session, module);
  yield* wait(logging.loggers.open());
  if (datamodule !== undefined && datamodule.setup !== LightningDataModule.prototype.setup)
    yield* door.call(datamodule, "setup", stage);
  yield* hooks.run("setup", stage);
  if (module.configureModel !== LightningModule.prototype.configureModel) yield* door.call(module, "configureModel");
}

/** One process of each machine, or of all, prepares data; the others wait for it. */
function* prepareData(
  { connection: { strategy }, door }: Session,
  owner: LightningDataModule | LightningModule,
): Steps<void> {
  const rank = owner.prepareDataPerNode ? strategy.localRank : strategy.globalRank;
  if (rank === 0) yield* door.call(owner, "prepareData");
  if (strategy.worldSize > 1)
    yield* wait(strategy.collective.barrier({ name: `prepareData of ${classNameOf(owner)}` }));
}

/** `teardown` hooks of data module, callbacks and module. */
export function* tearDown(session: Session, error: unknown): Steps<void> {
  const { door, hooks, datamodule, stage } = session;
  if (datamodule !== undefined && datamodule.teardown !== LightningDataModule.prototype.teardown)
    yield* door.call(datamodule, "teardown", stage, error);
  yield* hooks.run("teardown", stage, error);
}
