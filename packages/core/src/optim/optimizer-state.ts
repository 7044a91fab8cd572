import { Tensor, TensorBuffer, clone, tensor, type DataType, type Rank, type Variable } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import type { ParamGroup } from "./param-group.js";
import { ParamState } from "./param-state.js";

/** A tensor, its values on the host, or a number. */
export type OptimizerStateValue = Tensor | TensorBuffer<Rank, DataType> | number;

/**
 * An optimizer's state in PyTorch's layout: parameters are numbered over all groups, in order.
 * Entries have PyTorch's names (`exp_avg`, `momentum_buffer`, `step`), options ours (`weightDecay`).
 */
export interface OptimizerState {
  readonly version: 1;
  /** By parameter number; parameters that were never updated are missing. */
  readonly state: Readonly<Record<string, Readonly<Record<string, OptimizerStateValue>>>>;
  readonly paramGroups: readonly SavedParamGroup[];
}

export interface SavedParamGroup {
  readonly params: readonly number[];
  readonly [option: string]: unknown;
}

export function saveOptimizerState(
  groups: readonly ParamGroup[],
  states: ReadonlyMap<Variable, ParamState>,
): OptimizerState {
  const state: Record<string, Record<string, OptimizerStateValue>> = {};
  let number = 0;
  const paramGroups = groups.map(({ params, ...options }) => {
    const numbers = params.map((param) => {
      const known = states.get(param);
      if (known !== undefined)
        state[number] = {
          ...(known.step === undefined ? {} : { step: known.step }),
          ...Object.fromEntries(known.tensors),
        };
      return number++;
    });
    return { ...options, params: numbers };
  });
  return { version: 1, state, paramGroups };
}

export function loadOptimizerState(
  saved: OptimizerState,
  groups: readonly ParamGroup[],
  states: Map<Variable, ParamState>,
): void {
  const params = groups.flatMap((group) => group.params);
  checkLayout(saved, groups);
  const entries = Object.entries(saved.state).map(([number, values]) => checkEntry(number, values, params));
  const loaded = entries.map(({ param, values }) => [param, loadEntry(values)] as const);
  for (const old of states.values()) old.dispose();
  states.clear();
  for (const [param, state] of loaded) states.set(param, state);
  for (const [index, { params: _, name: _name, ...options }] of saved.paramGroups.entries())
    Object.assign(groups[index] ?? {}, options);
}

function checkLayout(saved: OptimizerState, groups: readonly ParamGroup[]): void {
  if (saved.version !== 1) refuse("has an unknown version", "version 1", String(saved.version));
  const sizes = (list: readonly { readonly params: readonly unknown[] }[]) =>
    `groups of ${list.map(({ params }) => params.length).join(", ")} parameters`;
  const isSame =
    saved.paramGroups.length === groups.length &&
    groups.every((group, i) => group.params.length === saved.paramGroups[i]?.params.length);
  if (!isSame) refuse("belongs to other parameters", sizes(groups), sizes(saved.paramGroups));
  for (const [index, { params: _, name: _name, ...options }] of saved.paramGroups.entries()) {
    for (const [name, value] of Object.entries(options)) {
      const current: unknown = Object.entries(groups[index] ?? {}).find(([key]) => key === name)?.[1];
      const isFit =
        current === undefined
          ? typeof value === "number"
          : typeof value === typeof current && Array.isArray(value) === Array.isArray(current);
      if (!isFit)
        refuse(
          `has another kind of option "${name}" in group ${index}`,
          current === undefined ? "an option that this optimizer has" : `a ${typeof current}`,
          typeof value,
        );
    }
  }
}

interface CheckedEntry {
  readonly param: Variable;
  readonly values: readonly (readonly [name: string, value: OptimizerStateValue])[];
}

function checkEntry(
  number: string,
  entry: Readonly<Record<string, OptimizerStateValue>>,
  params: readonly Variable[],
): CheckedEntry {
  const param = /^\d+$/.test(number) ? params[Number(number)] : undefined;
  if (param === undefined)
    refuse("has values for a parameter that is not there", `parameter numbers from 0 to ${params.length - 1}`, number);
  const values = Object.entries(entry);
  for (const [name, value] of values) {
    if (name === "step") {
      if (!Number.isInteger(stepOf(value)))
        refuse(`has no usable step for parameter ${number}`, "a whole number", String(stepOf(value)));
    } else if (typeof value === "number" || value.dtype !== "float32" || value.shape.join() !== param.shape.join()) {
      refuse(
        `does not fit: ${name} of parameter ${number}`,
        `float32 [${param.shape.join(", ")}]`,
        typeof value === "number" ? "a number" : `${value.dtype} [${value.shape.join(", ")}]`,
      );
    }
  }
  return { param, values };
}

function loadEntry(values: CheckedEntry["values"]): ParamState {
  const state = new ParamState();
  for (const [name, value] of values) {
    if (name === "step") state.step = stepOf(value);
    else if (value instanceof Tensor) state.replace(name, clone(value));
    else if (value instanceof TensorBuffer) state.replace(name, tensor(value.values.slice(), value.shape, value.dtype));
  }
  return state;
}

/** PyTorch keeps the step as a tensor with one element. */
function stepOf(value: OptimizerStateValue): number {
  if (typeof value === "number") return value;
  return Number((value instanceof TensorBuffer ? value.values : value.dataSync())[0] ?? Number.NaN);
}

function refuse(what: string, expected: string, received: string): never {
  throw new MisconfigurationError({
    code: "LIT_OPTIMIZER_STATE",
    message: `The optimizer's state ${what}.`,
    expected,
    received,
    tryThis: "the state of the same optimizer over the same model.",
  });
}
