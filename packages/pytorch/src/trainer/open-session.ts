import { assertTrainable, classNameOf } from "@lightning-ts/core";
import { BatchTransfer } from "../run/batches/batch-transfer.js";
import { DataSources } from "../run/batches/data-sources.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { Callback } from "../contract/callback.js";
import { tolerateSaveErrors } from "../callbacks/tolerate-save-errors.js";
import { findMisspeltHooks } from "./find-misspelt-hooks.js";
import { compileHooks } from "../run/hooks/compile-hooks.js";
import { Hooks } from "../run/hooks/hooks.js";
import { computeMetrics, resetMetrics } from "../run/loops/compute-metrics.js";
import { NumberWatch } from "../run/session/number-watch.js";
import { Breath } from "../run/session/breath.js";
import { wait, type Steps } from "../door/steps.js";
import { LightningModule } from "../contract/lightning-module.js";
import { LogConnector } from "../results/log-connector.js";
import { LoggerGroup, RunWarnings, type Messages } from "@lightning-ts/fabric";
import { MetricAttributes } from "../results/metric-attributes.js";
import { Logging } from "../results/logging.js";
import type { ClosingStack } from "./closing-stack.js";
import type { TrainerParts } from "../run/session/owned-parts.js";
import type { RunRequest } from "../run/stages/run-request.js";
import type { Session } from "../run/session/session.js";
import { launch } from "./launch.js";
import { openProfiler } from "./open-profiler.js";
import { verifyConfiguration } from "./verify-configuration.js";

/**
 * Makes the live things of a run: checks what was asked for, starts the device, prepares data, opens the loggers and
 * calls `setup`.
 * @param closing gets what must be undone, in the order in which it was done
 */
export function* openSession(parts: TrainerParts, request: RunRequest, closing: ClosingStack): Steps<Session> {
  const { trainer, plan, connection, identity, messages, state, published, driver, door, timing } = parts;
  const { stage, module, datamodule } = request;
  const hooks = new Hooks(compileHooks(trainer.callbacks, module, trainer), door, () => computeLogged(session));
  const sources = openSources(parts, request, closing);
  warnOfMisspeltHooks(request, trainer.callbacks, messages);
  verifyConfiguration({ stage, module, sources, plan, messages });
  yield* launch(connection, closing);
  if (timing !== undefined) yield* openProfiler(parts, request, closing);
  if (!parts.current.isInner) closeConnection(parts, closing);
  const { backend, reasons } = connection.device;
  if (plan.enableProgressBar && connection.strategy.isGlobalZero)
    messages.infoOnce("backend", [`Backend: ${backend.name}`, ...reasons].join("\n  "));
  if (stage === "fit") assertTrainable(module, backend);
  const loggers = loggerGroup(parts);
  const metrics = new MetricAttributes(module);
  const warnings = new RunWarnings(messages);
  const session: Session = {
    stage,
    trainer,
    plan,
    state,
    module,
    datamodule,
    connection,
    backend,
    driver,
    door,
    timing,
    hooks,
    sources,
    messages,
    identity,
    warnings,
    numbers: new NumberWatch({ plan, warnings }),
    ports: connection.ports,
    logging: new Logging({
      connector: new LogConnector((topic, text) => messages.warn(topic, text), metrics, connection.strategy),
      metrics,
      published,
      loggers,
      position: state,
    }),
    transfer: new BatchTransfer({ module, datamodule, door, strategy: connection.strategy, device: connection.device }),
    breath: new Breath(connection.ports.clock),
  };
  closing.defer(() => driver.run(forgetTraining(session)));
  closing.defer(() => session.numbers.forget());
  for (const name of session.transfer.overridden)
    messages.warn(`both ${name}`, `Both the module and the data module override ${name}; the data module's is used.`);
  return session;
}

function openSources(parts: TrainerParts, request: RunRequest, closing: ClosingStack): DataSources {
  const { connection, door, messages, plan } = parts;
  const { datamodule, given, module } = request;
  const sources = new DataSources({ given, datamodule, module, door, plan, strategy: connection.strategy, messages });
  closing.defer(() => sources.shutdownWorkers());
  return sources;
}

/** Others are told that the run is over when all that it saves in the background is written. */
function closeConnection({ connection, identity, trainer }: TrainerParts, closing: ClosingStack): void {
  closing.defer(() => identity.release());
  closing.defer(() => tolerateSaveErrors(trainer, () => connection.teardown())());
}

/** Only rank 0 logs. */
function loggerGroup({ connection, messages, trainer }: TrainerParts): LoggerGroup {
  const loggers = connection.strategy.isGlobalZero ? trainer.loggers : [];
  return new LoggerGroup(loggers, (text) => messages.alert(text), connection.ports.clock);
}

function computeLogged(session: Session): Steps<void> {
  const { results } = session.logging.connector;
  return results === undefined ? wait(undefined) : computeMetrics(session, results);
}

/** What an epoch that was cut off has collected is no part of the next run. */
function* forgetTraining(session: Session): Steps<void> {
  const { training } = session.logging;
  try {
    yield* resetMetrics(session, training);
  } finally {
    training.reset();
  }
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
        `misspelt ${classNameOf(part)}.${name}`,
        `${classNameOf(part)} has a method ${name}, which nothing calls. Did you mean ${meant}?`,
      );
    }
  }
}
