import { CSVLogger, dummyLogger, listOfLoggers, type Logger, type Ports } from "@lightning-ts/fabric";
import type { TrainerPlan } from "../options/plan.js";
import type { TrainerOptions } from "../options/trainer-options.js";

/**
 * The loggers that a Trainer was given, or a CSV logger below `defaultRootDir`; none where the plan has none.
 * A dry run has one that does nothing.
 */
export function loggersOf(logger: TrainerOptions["logger"], plan: TrainerPlan, ports: Ports): readonly Logger[] {
  if (!plan.enableLogger || logger === false || isEmptyList(logger)) return [];
  if (plan.fastDevRun > 0) return [dummyLogger()];
  if (logger === undefined || logger === true)
    return [new CSVLogger({ saveDir: plan.defaultRootDir, files: ports.files, terminal: ports.terminal })];
  return listOfLoggers(logger);
}

function isEmptyList(logger: TrainerOptions["logger"]): boolean {
  return Array.isArray(logger) && logger.length === 0;
}
