import { Tensor, TensorBuffer, clone, tensor, type DataType, type Rank, type Variable } from "@tensorflow/tfjs-core";
import { describeValue } from "../errors/describe-value.js";
import { isAmount, isCount, isFloat } from "../errors/saved-numbers.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import {
  type AnyOptimizerState,
  type OptimizerStateEntries,
  type OptimizerStateValue,
  ourName,
  torchName,
  type SavedParamGroup,
} from "./optimizer-state.js";
import type { ParamGroup } from "./param-group.js";
import { ParamState } from "./param-state.js";
import { TORCH_ONLY_DEFAULTS } from "./torch-only-options.js";

/** `{ decoupledWeightDecay: { true: "AdamW", false: "Adam" } }`. */
export type OptionsOfClass = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a state is loaded into. */
export interface StateTarget {
  readonly groups: readonly ParamGroup[];
  readonly states: Map<Variable, ParamState>;
  /** Names of what is remembered as a number. */
  readonly numbers: readonly string[];
  /** Names of what no entry is without. */
  readonly required: readonly string[];
  /** Options without which it would be an optimizer of another class, with those classes by their values. */
  readonly classes: OptionsOfClass;
  /** The shape of a remembered tensor; undefined where there is none of that name. */
  readonly shapeOf: (name: string, param: Variable) => readonly number[] | undefined;
}

export function loadOptimizerState(saved: AnyOptimizerState, target: StateTarget): void {
  const { groups, states } = target;
  const options = readSavedGroups(saved, groups);
  requireSameClass(options, target);
  const params = groups.flatMap((group) => group.params);
  const { state } = saved;
  if (typeof state !== "object" || state === null || Array.isArray(state))
    refuse("has no readable entries", "an object at state", describeValue(state));
  const entries = Object.entries(state).map(([number, values]) => checkEntry(number, values, params, target));
  const loaded = entries.map(({ param, values }) => [param, loadEntry(values, target.numbers)] as const);
  for (const old of states.values()) old.dispose();
  states.clear();
  for (const [param, state] of loaded) states.set(param, state);
  applyOptions(groups, options);
}

/** Gives groups the options that were read for them. */
export function applyOptions(groups: readonly ParamGroup[], options: readonly Record<string, unknown>[]): void {
  for (const [index, group] of groups.entries()) Object.assign(group, options[index]);
}

/** The options of each saved group under our names. @throws MisconfigurationError when they are those of another */
export function readSavedGroups(
  saved: AnyOptimizerState,
  groups: readonly ParamGroup[],
): readonly Record<string, unknown>[] {
  if (typeof saved !== "object" || saved === null)
    refuse("is none", "{ state, param_groups }, as stateDict() gives it", describeValue(saved));
  const isEarlier = "paramGroups" in saved;
  if (isEarlier && saved.version !== 1) refuse("has an unknown version", "version 1", String(saved.version));
  const list: readonly SavedParamGroup[] | undefined = isEarlier ? saved.paramGroups : saved.param_groups;
  if (!Array.isArray(list)) refuse("is none", "{ state, param_groups }, as stateDict() gives it", describeValue(saved));
  const broken = list.findIndex((group: unknown) => !isGroup(group));
  if (broken !== -1)
    refuse(`has no readable group ${broken}`, "options and params, numbers of parameters", describeValue(list[broken]));
  const sizes = (some: readonly { readonly params: readonly unknown[] }[]) =>
    `groups of ${some.map(({ params }) => params.length).join(", ")} parameters`;
  const isSame =
    list.length === groups.length && groups.every((group, i) => group.params.length === list[i]?.params.length);
  if (!isSame) refuse("belongs to other parameters", sizes(groups), sizes(list));
  return list.map((group, index) => readOptions(group, index, groups[index]));
}

function isGroup(group: unknown): boolean {
  return (
    typeof group === "object" &&
    group !== null &&
    "params" in group &&
    Array.isArray(group.params) &&
    group.params.every(isCount)
  );
}

function requireSameClass(options: readonly Record<string, unknown>[], { groups, classes }: StateTarget): void {
  for (const [name, names] of Object.entries(classes))
    for (const [i, saved] of options.entries()) {
      const value = saved[name];
      const own: unknown = Reflect.get(groups[i] ?? {}, name);
      if (value === undefined || value === own) continue;
      const [theirs, ours] = [names[String(value)] ?? "another", names[String(own)] ?? "this optimizer"];
      refuse(
        `is one of ${theirs}, and this is ${ours}`,
        `${torchName(name)}: ${String(own)} in group ${i}, as ${ours} has`,
        `${String(value)}, as ${theirs} has`,
      );
    }
}

const NOT_OPTIONS: readonly string[] = ["params", "name", "paramNames", ...Object.keys(TORCH_ONLY_DEFAULTS)];

function readOptions(saved: SavedParamGroup, index: number, group: ParamGroup | undefined): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(saved)) {
    const name = ourName(key);
    if (NOT_OPTIONS.includes(name)) continue;
    const known = Object.entries(group ?? {}).find(([own]) => own === name);
    // Another version of PyTorch may have options that ask for nothing.
    if (known === undefined && (isNothing(value) || value === false)) continue;
    const current: unknown = known?.[1];
    if (!isFit(value, known))
      refuse(`has another kind of option "${key}" in group ${index}`, kindOf(current), shown(value));
    options[name] = isNothing(value) ? nothingLike(current) : value;
  }
  if (!("lr" in options)) refuse(`has no option "lr" in group ${index}`, "a learning rate", "nothing");
  return options;
}

function kindOf(current: unknown): string {
  if (current === undefined) return "an option that this optimizer has";
  return Array.isArray(current) ? `a list of ${current.length} numbers` : `a ${typeof current}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return describeValue(value);
  return Number.isNaN(value) ? "NaN" : typeof value;
}

/** Schedulers leave numbers in groups that an optimizer does not know. */
function isFit(value: unknown, known: readonly [name: string, value: unknown] | undefined): boolean {
  if (known === undefined) return isAmount(value);
  const current = known[1];
  if (typeof current === "number") return isNumberLike(value, current);
  if (isNothing(current)) return isNothing(value) || isAmount(value) || (typeof value === "string" && value !== "");
  if (Array.isArray(current))
    return (
      Array.isArray(value) &&
      value.length === current.length &&
      value.every((one, i) => isNumberLike(one, current[i]) || (isNothing(one) && isNothing(current[i])))
    );
  return typeof value === typeof current && !Array.isArray(value) && value !== "";
}

/** Of the kind that the code has: infinite only where that is, and below zero only where that may be. */
function isNumberLike(value: unknown, current: unknown): boolean {
  if (Object.is(value, current)) return true;
  return typeof current === "number" && current < 0 ? isFloat(value) : isAmount(value);
}

/** An optimizer that has null for an option that asks for nothing tests for null. */
function nothingLike(current: unknown): null | undefined {
  return current === null ? null : undefined;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

interface CheckedEntry {
  readonly param: Variable;
  readonly values: readonly (readonly [name: string, value: OptimizerStateValue])[];
}

function checkEntry(
  number: string,
  entry: OptimizerStateEntries[string],
  params: readonly Variable[],
  { numbers, required, shapeOf }: StateTarget,
): CheckedEntry {
  const param = /^\d+$/.test(number) ? params[Number(number)] : undefined;
  if (param === undefined)
    refuse("has values for a parameter that is not there", `parameter numbers from 0 to ${params.length - 1}`, number);
  // PyTorch writes None for what an option turned off.
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    refuse(`has nothing readable for parameter ${number}`, "tensors and numbers by name", describeValue(entry));
  const values = Object.entries(entry).filter(([, value]) => value !== null);
  for (const [name, value] of values) {
    const shape = shapeOf(name, param);
    if (numbers.includes(name)) {
      const known = numberIn(value);
      if (name === "step" ? !isCount(known) : !isAmount(known))
        refuse(
          `has no usable ${name} for parameter ${number}`,
          name === "step" ? "a whole number" : "a finite number of at least 0",
          String(known),
        );
    } else if (
      !(value instanceof Tensor || value instanceof TensorBuffer) ||
      value.dtype !== "float32" ||
      value.shape.join() !== shape?.join()
    ) {
      refuse(
        `does not fit: ${name} of parameter ${number}`,
        shape === undefined ? "nothing of that name" : `float32 [${shape.join(", ")}]`,
        describeEntry(value),
      );
    } else if (value instanceof TensorBuffer && hasNaN(value)) {
      refuse(`holds NaN: ${name} of parameter ${number}`, "numbers", "NaN");
    }
  }
  const missing = required.filter((name) => !values.some(([known]) => known === name));
  if (missing.length > 0)
    refuse(`has no ${missing.join(" and no ")} for parameter ${number}`, required.join(", "), namesOf(values));
  return { param, values };
}

/** Only of what comes from a file: reading what is on the device would wait for it. */
function hasNaN({ values }: TensorBuffer<Rank, DataType>): boolean {
  for (const value of values) if (Number.isNaN(value)) return true;
  return false;
}

function namesOf(values: CheckedEntry["values"]): string {
  return values.map(([name]) => name).join(", ") || "nothing";
}

function describeEntry(value: OptimizerStateValue): string {
  if (value instanceof Tensor || value instanceof TensorBuffer) return `${value.dtype} [${value.shape.join(", ")}]`;
  return typeof value === "number" ? "a number" : describeValue(value);
}

function loadEntry(values: CheckedEntry["values"], numbers: readonly string[]): ParamState {
  const state = new ParamState();
  for (const [name, value] of values) {
    if (numbers.includes(name)) state.numbers.set(name, numberIn(value));
    else if (value instanceof Tensor || value instanceof TensorBuffer) state.replace(name, copyOf(value));
  }
  return state;
}

/** A tensor of one's own. */
export function copyOf(value: Tensor | TensorBuffer<Rank, DataType>): Tensor {
  return value instanceof Tensor ? clone(value) : tensor(value.values.slice(), value.shape, value.dtype);
}

/** PyTorch keeps numbers as tensors with one element. */
export function numberIn(value: OptimizerStateValue | undefined): number {
  if (typeof value === "number") return value;
  const values = value instanceof TensorBuffer ? value.values : value instanceof Tensor ? value.dataSync() : [];
  return Number(values[0] ?? Number.NaN);
}

export function refuse(what: string, expected: string, received: string): never {
  throw new MisconfigurationError({
    code: "LIT_OPTIMIZER_STATE",
    message: `The optimizer's state ${what}.`,
    expected,
    received,
    tryThis: "the state of the same optimizer over the same model.",
  });
}
