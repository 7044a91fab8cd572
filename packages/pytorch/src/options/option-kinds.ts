import { isLogger, type Logger, type Ports } from "@lightning-ts/fabric";
import type { Callback } from "../contract/callback.js";
import { parseLimit, type BatchLimit, type ResolvedLimit } from "../words/batch-limit.js";
import { durationMs, type Duration } from "../words/duration.js";
import { PROFILER_NAMES, profilerNamed, type ProfilerName } from "../profilers/named-profilers.js";
import { Profiler } from "../profilers/profiler.js";
import type { OptionKind } from "./option-definition.js";
import type { ValidationInterval } from "./validation-interval.js";

export const flag: OptionKind<boolean> = {
  words: "true or false",
  parse: (value) => (typeof value === "boolean" ? value : undefined),
};

/** @param least the smallest number that is accepted; -1 stands for "no limit" or "all" */
export function wholeNumber(least: number): OptionKind<number> {
  return {
    words: least === -1 ? "a whole number of at least 0, or -1" : `a whole number of at least ${least}`,
    parse: (value) => (isWholeNumber(value, least) ? value : undefined),
  };
}

/** -1 stands for all, which the plan holds as `Infinity`. */
export const countOrAll: OptionKind<number> = {
  words: wholeNumber(-1).words,
  parse: (value) => (value === -1 ? Number.POSITIVE_INFINITY : isWholeNumber(value, 0) ? value : undefined),
};

/** The plan holds a number: 0 for false, 1 for true. */
export const dryRun: OptionKind<boolean | number, number> = {
  words: "true, false or a whole number of batches",
  parse: (value) => (typeof value === "boolean" ? Number(value) : isWholeNumber(value, 0) ? value : undefined),
};

export const everyNth: OptionKind<number | false> = {
  words: "a whole number of at least 1, or false",
  parse: (value) => (value === false || isWholeNumber(value, 1) ? value : undefined),
};

export const positiveNumber: OptionKind<number> = {
  words: "a number of at least 0",
  parse: (value) => (typeof value === "number" && value >= 0 ? value : undefined),
};

export const folder: OptionKind<string> = {
  words: "the path of a folder",
  parse: (value) => (typeof value === "string" && value !== "" ? value : undefined),
};

export function oneOf<const TName extends string>(...names: readonly TName[]): OptionKind<TName> {
  return {
    words: names.map((name) => `"${name}"`).join(" or "),
    parse: (value) => names.find((name) => name === value),
  };
}

export const batchLimit: OptionKind<BatchLimit, ResolvedLimit> = {
  words: 'a whole number of batches (0 or more), a fraction below 1, or a percentage such as "25%"',
  parse: parseLimit,
  note: (value) => (value === 1 ? 'uses one batch; for all of them leave it out or write "100%"' : undefined),
};

/** The plan holds milliseconds. */
export const duration: OptionKind<Duration, number> = {
  words: 'milliseconds, "DD:HH:MM:SS", or { weeks, days, hours, minutes, seconds }',
  parse: (value) => (typeof value === "number" || isDurationShaped(value) ? durationMs(value) : undefined),
};

export const interval: OptionKind<number | string | Exclude<Duration, number | string>, ValidationInterval> = {
  words:
    'a whole number of batches (1 or more), a fraction of an epoch such as 0.5 or "100%", or a time such as "00:00:10:00"',
  parse: parseInterval,
  note: (value) =>
    value === 1 ? 'validates after every batch; for once per epoch leave it out or write "100%"' : undefined,
};

export const loggers: OptionKind<boolean | Logger | readonly Logger[], unknown> = {
  words: "true, false, a logger or a list of loggers",
  parse: (value) => (typeof value === "boolean" || isListOf(value, isLogger) ? value : undefined),
};

export const callbacks: OptionKind<Callback | readonly Callback[], unknown> = {
  words: "a Callback or a list of Callbacks (new LambdaCallback({ … }) makes one of functions)",
  parse: (value) => (isListOf(value, isCallback) ? value : undefined),
};

/** The plan holds the profiler itself. */
export const profilers: OptionKind<ProfilerName | Profiler, Profiler> = {
  words: `${PROFILER_NAMES.map((name) => `"${name}"`).join(", ")} or a Profiler`,
  parse: (value) => (value instanceof Profiler ? value : profilerNamed(value)),
};

export const ports: OptionKind<Partial<Ports>, unknown> = {
  words: "some of { files, clock, signals, environment, terminal }",
  parse: (value) => (typeof value === "object" && value !== null ? value : undefined),
};

/** An option whose value is checked when the run connects to its device. */
export function checkedOnConnecting<TValue>(words: string): OptionKind<TValue, unknown> {
  return { words, parse: (value) => value };
}

function isWholeNumber(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}

function isDurationShaped(value: unknown): value is Exclude<Duration, number> {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

function parseInterval(value: unknown): ValidationInterval | undefined {
  const limit = parseLimit(value);
  if (limit?.kind === "count") return limit.count > 0 ? { kind: "batches", count: limit.count } : undefined;
  if (limit?.kind === "fraction") return limit.fraction > 0 ? limit : undefined;
  const ms = isDurationShaped(value) ? durationMs(value) : undefined;
  return ms === undefined ? undefined : { kind: "time", ms };
}

/** One such thing, or a list of them. */
function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every(isItem);
}

function isCallback(value: unknown): value is Callback {
  return typeof value === "object" && value !== null && "stateKey" in value;
}
