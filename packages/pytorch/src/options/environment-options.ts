import type { Environment } from "@lightning-ts/core";
import { LIGHTNING_OPTIONS } from "./lightning-options.js";
import { REMOVED_OPTIONS, RENAMED_OPTIONS } from "./old-options.js";
import { TRAINER_OPTIONS } from "./option-table.js";
import type { TrainerOptions } from "./trainer-options.js";

/** The environment variable of an option: `PL_TRAINER_MAX_EPOCHS` of `maxEpochs`. */
export function variableOf(option: string): string {
  return `PL_TRAINER_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Options that text cannot give, and those that only Lightning has, are read too: nobody sets one for nothing. */
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
  const found: Record<string, unknown> = {};
  const variables = new Map<string, string>();
  for (const name of NAMES) {
    if (given.get(name) !== undefined) continue;
    const variable = variableOf(name);
    const text = environment.get(variable);
    if (text === undefined) continue;
    found[name] = parseLiteral(text);
    variables.set(name, variable);
  }
  return { options: { ...inCode, ...found }, variables };
}

/** JSON where it is JSON, text otherwise. */
function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: a plain word such as `cpu`.
    return text;
  }
}
