import { type Tensor, type Variable, fill, zeros } from "@tensorflow/tfjs-core";
import { listInputs } from "../kernels/tensor-lists.js";
import { Optimizer, assignAll } from "./optimizer.js";
import type { ParamGroup } from "./param-group.js";
import { splitOutputs } from "./split-outputs.js";

/** A tensor that is remembered of each parameter. */
export interface Memory {
  /** Prefix of the kernel's list. */
  readonly list: string;
  /** PyTorch's name in the state. */
  readonly name: string;
  /** Value of all elements before the first step. @default 0 */
  readonly initial?: number | undefined;
  /** False where the kernel only writes it. @default true */
  readonly isRead?: boolean | undefined;
}

/** A step of parameters that have come equally far. */
export interface Moment {
  /** The number of the step, from 1. */
  readonly step: number;
  /** What is remembered as numbers, before the step; empty at the first one. */
  readonly numbers: ReadonlyMap<string, number>;
  /** How many parameters there are. */
  readonly count: number;
}

/**
 * An optimizer whose step is one kernel over all parameters of a group that have come equally far. The kernel's results
 * are the new parameters, then the new memories in their order.
 */
export abstract class FusedOptimizer<TGroup extends ParamGroup, TOptions extends object> extends Optimizer<
  TGroup,
  TOptions
> {
  protected abstract memories(group: TGroup, moment: Moment): readonly Memory[];

  /** Runs the kernel. */
  protected abstract run(inputs: Record<string, Tensor>, group: TGroup, moment: Moment): Tensor[];

  /** Numbers to remember besides the step's. */
  protected numbersAfter(_group: TGroup, _moment: Moment): Readonly<Record<string, number>> {
    return {};
  }

  protected override updateGroup(group: TGroup, params: readonly Variable[], grads: readonly Tensor[]): void {
    const keys = params.map((param) => [...(this.state.get(param)?.numbers.values() ?? [])].join());
    for (const key of new Set(keys)) {
      const chosen = (_: unknown, i: number): boolean => keys[i] === key;
      this.#update(group, params.filter(chosen), grads.filter(chosen));
    }
  }

  #update(group: TGroup, params: readonly Variable[], grads: readonly Tensor[]): void {
    const states = params.map((param) => this.stateOf(param));
    const numbers = states[0]?.numbers ?? new Map<string, number>();
    const moment = { step: (numbers.get("step") ?? 0) + 1, numbers, count: params.length };
    const memories = this.memories(group, moment);
    const lists: Record<string, readonly Tensor[]> = { p: params, g: grads };
    for (const { list, name, initial = 0, isRead = true } of memories) {
      if (!isRead) continue;
      lists[list] = states.map((state, i) => {
        const shape = params[i]?.shape ?? [];
        if (!state.tensors.has(name)) state.replace(name, initial === 0 ? zeros(shape) : fill(shape, initial));
        return state.tensor(name);
      });
    }
    const outputs = this.run(listInputs(lists), group, moment);
    const [values = [], ...remembered] = splitOutputs(outputs, params.length);
    assignAll(params, values);
    const after = { step: moment.step, ...this.numbersAfter(group, moment) };
    for (const state of states) for (const [name, value] of Object.entries(after)) state.numbers.set(name, value);
    for (const [kind, tensors] of remembered.entries()) {
      const name = memories[kind]?.name;
      if (name !== undefined) tensors.forEach((tensor, i) => states[i]?.replace(name, tensor));
    }
  }
}
