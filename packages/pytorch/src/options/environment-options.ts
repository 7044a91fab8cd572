import type { Environment } from "@lightning-ts/core";
import { optionsFromEnvironment } from "@lightning-ts/fabric";
import { LIGHTNING_OPTIONS } from "./lightning-options.js";
import { REMOVED_OPTIONS, RENAMED_OPTIONS } from "./old-options.js";
import { TRAINER_OPTIONS } from "./option-table.js";
import type { TrainerOptions } from "./trainer-options.js";

/** The environment variable of an option: `PL_TRAINER_MAX_EPOCHS` of `maxEpochs`. */
export function variableOf(option: string): string {
  return `PL_TRAINER_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * All names are read, also those of options that text cannot give or that only Lightning has: whoever set such a
 * variable is told so.
 */
const NAMES: readonly string[] = [
  ...Object.keys(TRAINER_OPTIONS),
  ...Object.keys(LIGHTNING_OPTIONS),
  ...Object.keys(RENAMED_OPTIONS),
  ...Object.keys(REMOVED_OPTIONS),
];

export interface OptionsWithEnvironment {
  readonly options: TrainerOptions;
  /** The variables that options came from, by the options' names. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Adds options that the environment gives, such as `PL_TRAINER_MAX_EPOCHS=3`; options in code win. */
export function withEnvironment(inCode: TrainerOptions, environment: Environment): OptionsWithEnvironment {
  const given = new Map<string, unknown>(Object.entries(inCode));
  const asked = NAMES.filter((name) => given.get(name) === undefined);
  const { values, variables } = optionsFromEnvironment(
    environment,
    asked.map((name) => [name, variableOf(name)] as const),
  );
  return { options: { ...inCode, ...values }, variables };
}
