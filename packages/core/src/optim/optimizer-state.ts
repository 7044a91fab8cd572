import type { DataType, Rank, Tensor, TensorBuffer, Variable } from "@tensorflow/tfjs-core";
import type { ParamGroup } from "./param-group.js";
import type { ParamState } from "./param-state.js";
import { TORCH_ONLY_DEFAULTS, type TorchOnlyOption } from "./torch-only-options.js";

/** A tensor, its values on the host, a number, nothing, or a list of these. */
export type OptimizerStateValue =
  | Tensor
  | TensorBuffer<Rank, DataType>
  | number
  | null
  | readonly OptimizerStateValue[];

/** What is remembered, by parameter number; parameters that were never updated are missing. */
export type OptimizerStateEntries = Readonly<Record<string, Readonly<Record<string, OptimizerStateValue>>>>;

/**
 * An optimizer's state in PyTorch's layout and under PyTorch's names (`exp_avg`, `weight_decay`): parameters are
 * numbered over all groups, in order. It is what `torch.optim` reads and writes, so it has no version of its own.
 */
export interface OptimizerState {
  readonly state: OptimizerStateEntries;
  readonly param_groups: readonly SavedParamGroup[];
}

/** What earlier versions wrote: the same with the options' names in camelCase. It is still read. */
export interface EarlierOptimizerState {
  readonly version: number;
  readonly state: OptimizerStateEntries;
  readonly paramGroups: readonly SavedParamGroup[];
}

export type AnyOptimizerState = OptimizerState | EarlierOptimizerState;

export interface SavedParamGroup {
  readonly params: readonly number[];
  readonly [option: string]: unknown;
}

export function saveOptimizerState(
  groups: readonly ParamGroup[],
  states: ReadonlyMap<Variable, ParamState>,
  torchOnly: readonly TorchOnlyOption[],
): OptimizerState {
  const state: Record<string, Record<string, OptimizerStateValue>> = {};
  let number = 0;
  const param_groups = groups.map((group) => {
    const numbers = group.params.map((param) => {
      const known = states.get(param);
      if (known !== undefined)
        state[number] = { ...Object.fromEntries(known.numbers), ...Object.fromEntries(known.tensors) };
      return number++;
    });
    return saveGroup(group, numbers, torchOnly);
  });
  return { state, param_groups };
}

/** The options of a group under PyTorch's names. */
export function saveGroup(
  { params: _, ...options }: ParamGroup,
  numbers: readonly number[],
  torchOnly: readonly TorchOnlyOption[],
): SavedParamGroup {
  const named = Object.entries(options).map(([name, value]) => [torchName(name), value ?? null] as const);
  const unused = torchOnly.map((name) => [name, TORCH_ONLY_DEFAULTS[name]] as const);
  return { ...Object.fromEntries(named), ...Object.fromEntries(unused), params: numbers };
}

/** `weightDecay` as PyTorch calls it: `weight_decay`. */
export function torchName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `weight_decay` as it is called here: `weightDecay`. */
export function ourName(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
