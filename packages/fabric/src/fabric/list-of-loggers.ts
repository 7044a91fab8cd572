import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { Logger } from "../loggers/logger.js";

/** @throws MisconfigurationError for what is no logger */
export function listOfLoggers(loggers: Logger | readonly Logger[]): readonly Logger[] {
  const list = isList(loggers) ? loggers : [loggers];
  for (const logger of list) {
    if (typeof logger === "object" && logger !== null && "logMetrics" in logger) continue;
    throw new MisconfigurationError({
      code: "LIT_LOGGERS",
      message: "This is no logger.",
      expected: "a logger, such as new CSVLogger(), or a list of them",
      received: describeValue(logger),
    });
  }
  return list;
}

function isList(loggers: Logger | readonly Logger[]): loggers is readonly Logger[] {
  return Array.isArray(loggers);
}
