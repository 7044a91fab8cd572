import { describeValue } from "@lightning-ts/core";
import { CheckpointFormatError } from "../checkpoint/checkpoint-errors.js";
import type { LoadedTree, LoadedValue } from "../checkpoint/checkpoint-store.js";
import { isTree } from "../checkpoint/pack-tree.js";

/** A value that files can hold and people can read. */
export type SettingValue = string | number | boolean | null | readonly SettingValue[] | Settings;
export interface Settings {
  readonly [name: string]: SettingValue;
}

/** The class of an optimizer, and the options of its groups as the code gave them, before any schedule. */
export interface OptimizerSetup {
  readonly name: string;
  readonly groups: readonly Settings[];
}

/** A schedule, and when it steps. */
export interface SchedulerSetup {
  /** "" where it does not say. */
  readonly name: string;
  /** Which of the optimizers. */
  readonly optimizer: number;
  readonly options: Settings;
}

/**
 * What a run was set up with, of all that shapes its curve and does not change while it runs. A checkpoint keeps it, so
 * that a run that goes on can say what is different.
 */
export interface RunSetup {
  readonly version: 1;
  /** What each layer says of itself, by its name. */
  readonly model: Settings;
  readonly optimizers: readonly OptimizerSetup[];
  readonly schedulers: readonly SchedulerSetup[];
  /** Of each training loader; empty for those that do not say. */
  readonly loaders: readonly Settings[];
  /** Options of the Trainer, and what computes. */
  readonly run: Settings;
}

export const RUN_SETUP_KEY = "run_setup";

/**
 * @returns undefined for a file that has none: one of another tool, or of 0.1.0
 * @throws CheckpointFormatError when it is something else
 */
export function readRunSetup(checkpoint: LoadedTree, path: string): RunSetup | undefined {
  const saved = checkpoint[RUN_SETUP_KEY];
  return saved === undefined ? undefined : parseRunSetup(saved, path, RUN_SETUP_KEY);
}

/** @throws CheckpointFormatError when it is something else. @param key where it is in the file, for messages */
export function parseRunSetup(saved: LoadedValue | undefined, path: string, key: string): RunSetup {
  const refuse = (field: string, expected: string, received: LoadedValue | undefined): never => {
    throw new CheckpointFormatError(
      path,
      `${key}.${field} is damaged. Expected ${expected}. Received ${describeValue(received)}.`,
    );
  };
  if (!isTree(saved) || saved["version"] !== 1) return refuse("version", "1", isTree(saved) ? saved["version"] : saved);
  const record = (value: LoadedValue | undefined, field: string): Settings =>
    isTree(value) && Object.values(value).every(isSetting)
      ? settingsOf(value)
      : refuse(field, "plain values by name", value);
  const list = <TPart>(field: string, read: (part: LoadedTree, place: string) => TPart): TPart[] => {
    const parts = saved[field];
    if (!Array.isArray(parts)) return refuse(field, "a list", parts);
    return parts.map((part, i) =>
      isTree(part) ? read(part, `${field}.${i}`) : refuse(`${field}.${i}`, "an object", part),
    );
  };
  const text = (value: LoadedValue | undefined, field: string): string =>
    typeof value === "string" ? value : refuse(field, "text", value);
  return {
    version: 1,
    model: record(saved["model"], "model"),
    optimizers: list("optimizers", ({ name, groups }, place) => ({
      name: text(name, `${place}.name`),
      groups: Array.isArray(groups)
        ? groups.map((group, i) => record(group, `${place}.groups.${i}`))
        : refuse(`${place}.groups`, "a list", groups),
    })),
    schedulers: list("schedulers", ({ name, optimizer, options }, place) => ({
      name: text(name, `${place}.name`),
      optimizer:
        typeof optimizer === "number" ? optimizer : refuse(`${place}.optimizer`, "the number of one", optimizer),
      options: record(options, `${place}.options`),
    })),
    loaders: list("loaders", (loader, place) => record(loader, place)),
    run: record(saved["run"], "run"),
  };
}

/** What of an object can be written into a file and compared: functions and `undefined` are left out. */
export function settingsOf(values: object): Settings {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, SettingValue] => isSetting(entry[1])),
  );
}

function isSetting(value: unknown): value is SettingValue {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isSetting);
  if (typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isSetting);
}
