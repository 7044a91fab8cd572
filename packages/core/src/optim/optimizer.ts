import { classNameOf } from "../errors/class-name.js";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { gradOf, setGrad } from "../autograd/gradients-of-variables.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { withoutRecording } from "../tensor/engine-internals/tape.js";
import { rememberForRollback } from "../tensor/rollback.js";
import { checkKinds } from "./check-kinds.js";
import { loadOptimizerState, type OptionsOfClass } from "./load-optimizer-state.js";
import { type AnyOptimizerState, type OptimizerState, saveOptimizerState } from "./optimizer-state.js";
import type { CommonGroupOptions, ParamGroup, ParamGroupOptions, Params } from "./param-group.js";
import { ParamState } from "./param-state.js";
import { readGroups, readParams } from "./read-params.js";
import { givenOptions, type TorchOnlyOption } from "./torch-only-options.js";
import { refusePromise } from "../tree/refuse-promise.js";

/**
 * Base of the optimizers. `step()` updates every parameter that has a gradient; parameters without one are passed over.
 * Works on `Parameter`s and on the variables of a `tf.LayersModel`.
 * @example
 * ```ts
 * import { nn, optim, type Optimizer } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer: Optimizer = new optim.SGD([{ params: [model.weight], lr: 0.01 }], { lr: 0.1 });
 * for (const group of optimizer.paramGroups) console.log(group.lr, group.params.length); // 0.01 1
 * ```
 */
export abstract class Optimizer<
  TGroup extends ParamGroup = ParamGroup,
  TOptions extends object = CommonGroupOptions,
> implements Disposable {
  /**
   * The class's name in logs, where a bundler may change the real one: `lr-Adam` of `LearningRateMonitor`. A subclass
   * has its own.
   */
  static readonly stateName: string = "Optimizer";
  // A bundler gives the class another name, beside tfjs' kernel of the same one.
  static readonly name: string = "Optimizer";

  readonly paramGroups: TGroup[] = [];
  /** Options of groups that do not give their own. */
  readonly defaults: Readonly<Omit<TGroup, "params">>;
  /** What is remembered of each parameter; empty before its first step. */
  readonly state = new Map<Variable, ParamState>();
  readonly #torchOnly: readonly TorchOnlyOption[];

  /**
   * @param torchOnly options that PyTorch's optimizer has for its own implementations
   * @throws MisconfigurationError for an empty list, a parameter that occurs twice, an unknown or impossible option
   */
  protected constructor(
    params: Params<TOptions>,
    defaults: Omit<TGroup, "params">,
    torchOnly: readonly TorchOnlyOption[] = [],
  ) {
    this.defaults = defaults;
    this.#torchOnly = torchOnly;
    for (const group of readGroups(classNameOf(this), params)) this.addParamGroup(group);
  }

  /** True for an optimizer that asks for the loss several times a step: `step` needs a closure then. */
  get needsClosure(): boolean {
    return false;
  }

  /** Adds parameters with options of their own. */
  addParamGroup(options: ParamGroupOptions<TOptions>): void {
    const owner = `A parameter group of ${classNameOf(this)}`;
    const known = ["params", "name", "initialLr", ...Object.keys(this.defaults), ...this.#torchOnly];
    rejectUnknownOptions(owner, options, known);
    const params = readParams(classNameOf(this), options.params, this.paramGroups);
    const given = givenOptions(owner, options, this.#torchOnly);
    checkKinds(classNameOf(this), this.defaults, given);
    this.paramGroups.push(this.completeGroup({ ...this.defaults, ...given, ...params }));
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const group of this.paramGroups) for (const param of group.params) setGrad(param, null);
  }

  /**
   * Updates the parameters by their gradients.
   * @param closure computes the gradients first
   * @returns what the closure returned
   */
  step(closure?: () => Tensor | void): Tensor | void {
    const loss =
      closure === undefined ? undefined : refusePromise(closure(), `The closure of ${classNameOf(this)}.step`);
    this.rememberNumbers();
    withoutRecording(() => {
      for (const group of this.paramGroups) {
        const params: Variable[] = [];
        const grads: Tensor[] = [];
        for (const param of group.params) {
          const grad = gradOf(param);
          if (grad === null) continue;
          params.push(param);
          grads.push(grad);
        }
        if (params.length > 0) this.updateGroup(group, params, grads);
      }
    });
    return loss;
  }

  /**
   * The options and what is remembered, in PyTorch's layout and under its names: `torch.optim` reads it as it is. Its
   * tensors are the live ones: the next step replaces them.
   */
  stateDict(): OptimizerState {
    return saveOptimizerState(this.paramGroups, this.state, this.#torchOnly);
  }

  /**
   * Takes over copies of what `stateDict` described, here or in PyTorch. Nothing changes when it does not fit.
   * @throws MisconfigurationError when groups, parameters or shapes differ
   */
  loadStateDict(state: AnyOptimizerState): void {
    loadOptimizerState(state, {
      groups: this.paramGroups,
      states: this.state,
      numbers: this.stateNumbers,
      required: this.requiredState,
      classes: this.optionsOfClass,
      shapeOf: (name, param) => this.stateShape(name, param),
    });
  }

  /** Frees what is remembered; the parameters stay. */
  dispose(): void {
    for (const state of this.state.values()) state.dispose();
    this.state.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Checks the options of a group and gives it its type. */
  protected abstract completeGroup(group: Omit<TGroup, "params"> & { params: Variable[] }): TGroup;

  /** Updates parameters of one group; runs without recording gradients. */
  protected abstract updateGroup(group: TGroup, params: readonly Variable[], grads: readonly Tensor[]): void;

  /** Names of what is remembered as a number. PyTorch has tensors of one element there. */
  protected get stateNumbers(): readonly string[] {
    return ["step"];
  }

  /** Names of what every parameter that has taken a step has; a saved state without one of them is refused. */
  protected get requiredState(): readonly string[] {
    return [];
  }

  /** Options that stand for the class: a saved state with others is one of another optimizer, and is refused. */
  protected get optionsOfClass(): OptionsOfClass {
    return {};
  }

  /** The shape of a remembered tensor; undefined where there is none of that name. */
  protected stateShape(_name: string, param: Variable): readonly number[] | undefined {
    return param.shape;
  }

  /** To be called before a step: the numbers go back with it when it fails; tensors find their way by themselves. */
  protected rememberNumbers(): void {
    rememberForRollback(this, () => {
      const before = Array.from(this.state, ([param, { numbers }]) => [param, [...numbers]] as const);
      return () => {
        for (const { numbers } of this.state.values()) numbers.clear();
        for (const [param, numbers] of before)
          for (const [name, value] of numbers) this.stateOf(param).numbers.set(name, value);
      };
    });
  }

  protected stateOf(param: Variable): ParamState {
    let state = this.state.get(param);
    if (state === undefined) this.state.set(param, (state = new ParamState()));
    return state;
  }
}

/** Gives parameters their new values and frees the tensors that carried them. */
export function assignAll(params: readonly Variable[], values: readonly Tensor[]): void {
  params.forEach((param, i) => {
    const value = values[i];
    if (value === undefined) return;
    param.assign(value);
    value.dispose();
  });
}
