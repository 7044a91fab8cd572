import { describeValue, nearestName } from "@lightning-ts/core";
import { findConflicts } from "./find-conflicts.js";
import { LIGHTNING_OPTIONS, type LightningOption } from "./lightning-options.js";
import { REMOVED_OPTIONS, RENAMED_OPTIONS } from "./old-options.js";
import type { OptionDefinition } from "./option-definition.js";
import { TRAINER_OPTIONS } from "./option-table.js";
import type { TrainerOptions } from "./trainer-options.js";

const KNOWN = new Map<string, OptionDefinition>(Object.entries(TRAINER_OPTIONS));
const OF_LIGHTNING = new Map<string, LightningOption>(Object.entries(LIGHTNING_OPTIONS));
const RENAMED = new Map<string, string>(Object.entries(RENAMED_OPTIONS));
const REMOVED = new Map(Object.entries(REMOVED_OPTIONS));

/**
 * Everything that is wrong with the options, one sentence each.
 * @param variables the environment variables that options come from, by the options' names
 */
export function findProblems(options: TrainerOptions, variables: ReadonlyMap<string, string> = new Map()): string[] {
  const problems: string[] = [];
  const sound = { ...options };
  for (const [name, value] of Object.entries(options)) {
    const problem = value === undefined ? undefined : problemOf(name, value);
    if (problem === undefined) continue;
    const variable = variables.get(name);
    problems.push(variable === undefined ? problem : `${problem} (from ${variable})`);
    Reflect.deleteProperty(sound, name);
  }
  return [...problems, ...findConflicts(sound)];
}

function problemOf(name: string, value: unknown): string | undefined {
  const known = KNOWN.get(name);
  if (known === undefined) return problemOfUnknown(name, value);
  if (value === null) {
    // Python's None is false for some options, such as check_val_every_n_epoch, and the default for others.
    const orFalse = known.kind.parse(false) === undefined ? "" : `, or say false (${known.help})`;
    return `${name}: null is not accepted; leave it out for the default${orFalse}`;
  }
  if (known.kind.parse(value) !== undefined) return undefined;
  return `${name}: expected ${known.kind.words}, received ${describeValue(value)}`;
}

function problemOfUnknown(name: string, value: unknown): string | undefined {
  const ofLightning = OF_LIGHTNING.get(name);
  if (ofLightning?.neutral.includes(value) === true) return undefined;
  const advice = ofLightning?.advice ?? adviceForOldName(name) ?? suggestion(name);
  return `${name}: there is no such option${advice === undefined ? "" : ` (${advice})`}`;
}

function adviceForOldName(name: string): string | undefined {
  const inCamelCase = name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  const current = RENAMED.get(inCamelCase);
  return current === undefined ? REMOVED.get(inCamelCase) : `it is ${current} now`;
}

function suggestion(name: string): string | undefined {
  const nearest = nearestName(name, [...KNOWN.keys(), ...OF_LIGHTNING.keys()]);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}
