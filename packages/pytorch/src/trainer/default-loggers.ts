import { CSVLogger, type Logger, type Ports } from "@lightning-ts/fabric";
import type { TrainerOptions } from "../options/trainer-options.js";

/** The loggers that a Trainer was given, or a CSV logger below `defaultRootDir`. */
export function loggersOf(options: TrainerOptions, ports: Ports): readonly Logger[] {
  const { logger = true } = options;
  if (typeof logger !== "boolean") return isList(logger) ? logger : [logger];
  return logger
    ? [new CSVLogger({ saveDir: options.defaultRootDir, files: ports.files, terminal: ports.terminal })]
    : [];
}

function isList(logger: Logger | readonly Logger[]): logger is readonly Logger[] {
  return Array.isArray(logger);
}
