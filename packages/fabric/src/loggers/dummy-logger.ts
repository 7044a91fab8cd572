import type { Logger } from "./logger.js";

/**
 * Properties that the dummy does not make up: a logger need not have the first ones, and with the others it would pass
 * for a promise, or for something with a JSON form of its own.
 */
const ABSENT: readonly unknown[] = ["rootDir", "logDir", "saveDir", "then", "toJSON"];

/** Takes the place of loggers in a dry run: it has every method, its `experiment` too, and none does anything. */
export function dummyLogger(): Logger {
  const logger = {
    kind: "logger",
    name: "",
    version: "",
    groupSeparator: "/",
    experiment: withEveryMethod({}),
    open: () => Promise.resolve(),
    save: () => Promise.resolve(),
    finalize: () => Promise.resolve(),
    logMetrics: doNothing,
    logHyperparams: doNothing,
  } as const;
  return withEveryMethod(logger);
}

function withEveryMethod<TTarget extends object>(target: TTarget): TTarget {
  return new Proxy(target, {
    get: (object, name, receiver): unknown =>
      name in object || typeof name === "symbol" || ABSENT.includes(name)
        ? Reflect.get(object, name, receiver)
        : doNothing,
  });
}

function doNothing(): void {}
