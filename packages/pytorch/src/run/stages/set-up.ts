import { classNameOf } from "@lightning-ts/core";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait, type Steps } from "../../door/steps.js";
import { InterruptionError } from "../../errors/interruption-error.js";
import type { Session } from "../session/session.js";

/** Data, loggers and `setup` hooks, in Lightning's order. */
export function* setUp(session: Session): Steps<void> {
  const { door, hooks, module, datamodule, stage, logging } = session;
  if (datamodule !== undefined && datamodule.prepareData !== LightningDataModule.prototype.prepareData)
    yield* prepareData(session, datamodule);
  if (module.prepareData !== LightningModule.prototype.prepareData) yield* prepareData(session, module);
  requireGoingOn(session);
  yield* wait(logging.loggers.open());
  requireGoingOn(session);
  if (datamodule !== undefined && datamodule.setup !== LightningDataModule.prototype.setup)
    yield* door.call(datamodule, "setup", stage);
  yield* hooks.run("setup", stage);
  if (module.configureModel !== LightningModule.prototype.configureModel) yield* door.call(module, "configureModel");
}

/**
 * Leaves a run that was interrupted before its first step. Where there are other ranks, its first safe point does.
 * @throws InterruptionError
 */
export function requireGoingOn({ connection, state }: Session): void {
  if (state.strayFailure !== undefined) throw state.strayFailure;
  if (connection.strategy.worldSize === 1 && state.interruption !== undefined)
    throw new InterruptionError(state.interruption, state.describePosition());
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

/**
 * `teardown` hooks of data module, callbacks and module. One that fails keeps none of the others from closing.
 * @throws the one error, or an AggregateError of all
 */
export function* tearDown(session: Session, error: unknown): Steps<void> {
  const { door, hooks, datamodule, stage } = session;
  const failures: unknown[] = [];
  if (datamodule !== undefined && datamodule.teardown !== LightningDataModule.prototype.teardown) {
    try {
      yield* door.call(datamodule, "teardown", stage, error);
    } catch (failure) {
      failures.push(failure);
    }
  }
  failures.push(...(yield* hooks.runAll("teardown", stage, error)));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, `Several teardown hooks failed: ${failures.map(String).join("; ")}`);
}
