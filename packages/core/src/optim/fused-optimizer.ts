import { type Tensor, type Variable, fill, zeros } from "@tensorflow/tfjs-core";
import { listInputs } from "../kernels/tensor-lists.js";
import { Optimizer, assignAll } from "./optimizer.js";
import type { ParamGroup } from "./param-group.js";
import type { ParamState } from "./param-state.js";
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
    const parts: Part[] = [];
    for (const [i, param] of params.entries()) {
      const numbers = this.state.get(param)?.numbers ?? NO_NUMBERS;
      let part = parts.find((known) => haveEqualValues(known.numbers, numbers));
      if (part === undefined) parts.push((part = { numbers, params: [], grads: [] }));
      part.params.push(param);
      const grad = grads[i];
      if (grad !== undefined) part.grads.push(grad);
    }
    for (const part of parts) this.#update(group, part.params, part.grads);
  }

  #update(group: TGroup, params: readonly Variable[], grads: readonly Tensor[]): void {
    const states: ParamState[] = [];
    for (const param of params) states.push(this.stateOf(param));
    const numbers = states[0]?.numbers ?? new Map<string, number>();
    const moment = { step: (numbers.get("step") ?? 0) + 1, numbers, count: params.length };
    const memories = this.memories(group, moment);
    const lists: Record<string, readonly Tensor[]> = { p: params, g: grads };
    for (const memory of memories)
      if (memory.isRead !== false) lists[memory.list] = rememberedTensors(memory, states, params);
    const outputs = this.run(listInputs(lists), group, moment);
    const [values = [], ...remembered] = splitOutputs(outputs, params.length);
    assignAll(params, values);
    const after = Object.entries({ step: moment.step, ...this.numbersAfter(group, moment) });
    for (const state of states) for (const [name, value] of after) state.numbers.set(name, value);
    for (const [kind, tensors] of remembered.entries()) {
      const name = memories[kind]?.name;
      if (name !== undefined) tensors.forEach((tensor, i) => states[i]?.replace(name, tensor));
    }
  }
}

/** What is remembered of each parameter; what is not yet known starts with `initial` everywhere. */
function rememberedTensors(
  { name, initial = 0 }: Memory,
  states: readonly ParamState[],
  params: readonly Variable[],
): readonly Tensor[] {
  const tensors: Tensor[] = [];
  for (const [i, state] of states.entries()) {
    const shape = params[i]?.shape ?? [];
    if (!state.tensors.has(name)) state.replace(name, initial === 0 ? zeros(shape) : fill(shape, initial));
    tensors.push(state.tensor(name));
  }
  return tensors;
}

type Numbers = Moment["numbers"];

const NO_NUMBERS: Numbers = new Map();

/** Parameters that have come equally far. */
interface Part {
  readonly numbers: Numbers;
  readonly params: Variable[];
  readonly grads: Tensor[];
}

/** Optimizers set the numbers of all their parameters in one order, so that their names need not be compared. */
function haveEqualValues(some: Numbers, others: Numbers): boolean {
  if (some.size !== others.size) return false;
  const values = others.values();
  for (const value of some.values()) if (!Object.is(value, values.next().value)) return false;
  return true;
}
