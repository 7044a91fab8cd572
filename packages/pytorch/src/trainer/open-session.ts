import { assertTrainable } from "@lightning-ts/core";
import { BatchTransfer } from "../run/batches/batch-transfer.js";
import { DataSources } from "../run/batches/data-sources.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { Callback } from "../contract/callback.js";
import { findMisspeltHooks } from "./find-misspelt-hooks.js";
import { compileHooks } from "../run/hooks/compile-hooks.js";
import { HookRunner } from "../run/hooks/hook-runner.js";
import { Breath } from "../run/session/breath.js";
import { LightningModule } from "../contract/lightning-module.js";
import { LogConnector } from "../results/log-connector.js";
import { LoggerGroup } from "../results/logger-group.js";
import { Logging } from "../results/logging.js";
import type { ClosingStack } from "./closing-stack.js";
import type { OwnedParts } from "../run/session/owned-parts.js";
import type { RunRequest } from "../run/stages/run-request.js";
import type { Session } from "../run/session/session.js";
import type { Trainer } from "./trainer.js";
import type { Messages } from "../words/messages.js";
import { verifyConfiguration } from "./verify-configuration.js";

/** A Trainer and what it lends to its runs. */
export interface TrainerParts extends OwnedParts {
  readonly trainer: Trainer;
}

/**
 * Makes the live things of a run: checks what was asked for, starts the device, prepares data, opens the loggers and
 * calls `setup`.
 * @param closing gets what must be undone, in the order in which it was done
 */
export async function openSession(parts: TrainerParts, request: RunRequest, closing: ClosingStack): Promise<Session> {
  const { trainer, plan, connection, messages, state, published } = parts;
  const { stage, module, datamodule } = request;
  const hooks = new HookRunner(compileHooks(trainer.callbacks, module, trainer), () => state.describePosition());
  const sources = new DataSources({
    given: request.given,
    datamodule,
    module,
    hooks,
    plan,
    strategy: connection.strategy,
    messages,
  });
  warnOfMisspeltHooks(request, trainer.callbacks, messages);
  verifyConfiguration({ stage, module, sources, plan, messages });
  await connection.launch();
  closing.defer(() => connection.teardown());
  const { backend, reasons } = connection.device;
  if (plan.enableProgressBar && connection.strategy.isGlobalZero)
    messages.infoOnce("backend", [`Backend: ${backend.name}`, ...reasons].join("\n  "));
  if (stage === "fit") assertTrainable(module, backend);
  const loggers = new LoggerGroup(trainer.loggers, (text) => messages.warn(text, text));
  const session: Session = {
    stage,
    trainer,
    plan,
    state,
    module,
    datamodule,
    connection,
    backend,
    hooks,
    sources,
    messages,
    ports: connection.ports,
    logging: new Logging({
      connector: new LogConnector((topic, text) => messages.warn(topic, text)),
      published,
      loggers,
      position: state,
    }),
    transfer: new BatchTransfer({
      module,
      datamodule,
      hooks,
      strategy: connection.strategy,
      device: connection.device,
    }),
    breath: new Breath(connection.ports.clock),
  };
  closing.defer(() => session.logging.training.reset());
  for (const name of session.transfer.overridden)
    messages.warn(`both ${name}`, `Both the module and the data module override ${name}; the data module's is used.`);
  return session;
}

function warnOfMisspeltHooks(
  { module, datamodule }: RunRequest,
  callbacks: readonly Callback[],
  messages: Messages,
): void {
  const parts: [object, Parameters<typeof findMisspeltHooks>[1]][] = [
    [module, LightningModule],
    ...callbacks.map((callback): [object, typeof Callback] => [callback, Callback]),
  ];
  if (datamodule !== undefined) parts.push([datamodule, LightningDataModule]);
  for (const [part, base] of parts) {
    for (const { name, meant } of findMisspeltHooks(part, base)) {
      messages.warn(
        `misspelt ${part.constructor.name}.${name}`,
        `${part.constructor.name} has a method ${name}, which nothing calls. Did you mean ${meant}?`,
      );
    }
  }
}

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
