import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { CONNECT_OPTION_NAMES, connectParts } from "../connect/connect.js";
import type { Connection } from "../connect/connection.js";
import { OptionProblems } from "../connect/option-problems.js";
import { listOfLoggers } from "../loggers/list-of-loggers.js";
import type { Logger } from "../loggers/logger.js";
import { LoggerGroup } from "../loggers/logger-group.js";
import { MetricQueue } from "../loggers/metric-queue.js";
import { Messages } from "../messages/messages.js";
import { completePorts } from "../ports/default-ports.js";
import { CallbackList } from "./callback-list.js";
import { isStartedByCli, withCliOptions } from "./cli-environment.js";
import type { FabricOptions } from "./fabric-options.js";

const OPTION_NAMES = [...CONNECT_OPTION_NAMES, "callbacks", "loggers"];

export interface FabricParts {
  readonly connection: Connection;
  readonly callbacks: CallbackList;
  readonly loggers: readonly Logger[];
  readonly metrics: MetricQueue;
  readonly messages: Messages;
}

/**
 * Makes the parts of a Fabric from its options.
 * @param hasRun whether the class defines a `run` of its own
 * @throws MisconfigurationError listing everything that is wrong with the options
 */
export function fabricParts(options: FabricOptions, { hasRun }: { readonly hasRun: boolean }): FabricParts {
  if (typeof options !== "object" || options === null)
    throw new MisconfigurationError({
      code: "LIT_OPTIONS",
      message: "new Fabric() takes an object of options.",
      expected: 'for example { accelerator: "cpu" }',
      received: describeValue(options),
    });
  const problems = new OptionProblems();
  const ports = completePorts("new Fabric()", options.ports);
  const messages = new Messages(ports.terminal);
  problems.attempt(() => rejectUnknownOptions("Fabric", options, OPTION_NAMES));
  const connection = connectParts({ ...withCliOptions(options, ports.environment, problems), ports }, problems);
  const callbacks = problems.attempt(() => new CallbackList(options.callbacks ?? [], messages));
  const loggers = problems.attempt(() => listOfLoggers(options.loggers ?? []));
  if (hasRun && isStartedByCli(ports.environment))
    problems.add(
      "A Fabric subclass with its own run() cannot be started by `fabric run`: start the script itself, or train with a plain Fabric.",
    );
  problems.throwIfAny("Fabric");
  if (connection === undefined || callbacks === undefined || loggers === undefined)
    throw new TypeError("unreachable: a part is missing without a problem");
  const group = new LoggerGroup(loggers, (text) => messages.alert(text));
  return { connection, callbacks, loggers, metrics: new MetricQueue(group, ports.clock), messages };
}
