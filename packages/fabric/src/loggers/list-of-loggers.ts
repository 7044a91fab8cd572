import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { Logger } from "./logger.js";

/** @throws MisconfigurationError for what is no logger */
export function listOfLoggers(loggers: Logger | readonly Logger[]): readonly Logger[] {
  const list = isList(loggers) ? loggers : [loggers];
  for (const logger of list) {
    if (isLogger(logger)) continue;
    throw new MisconfigurationError({
      code: "LIT_LOGGERS",
      message: "This is no logger.",
      expected: "a logger, such as new CSVLogger(), or a list of them",
      received: describeValue(logger),
    });
  }
  return list;
}

/** True for what has the methods of a logger; `kind` alone is not asked for, so that a plain object will do. */
export function isLogger(value: unknown): value is Logger {
  return typeof value === "object" && value !== null && "logMetrics" in value;
}

function isList(loggers: Logger | readonly Logger[]): loggers is readonly Logger[] {
  return Array.isArray(loggers);
}
