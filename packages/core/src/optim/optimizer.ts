import { describeValue } from "../errors/describe-value.js";
import { type Tensor, Variable } from "@tensorflow/tfjs-core";
import { gradOf, setGrad } from "../autograd/gradients-of-variables.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { withoutRecording } from "../tensor/engine-internals/tape.js";
import { rememberForRollback } from "../tensor/rollback.js";
import { loadOptimizerState, type OptimizerState, saveOptimizerState } from "./optimizer-state.js";
import type { ParamGroup, ParamGroupOptions, Params } from "./param-group.js";
import { ParamState } from "./param-state.js";

/**
 * Base of the optimizers. `step()` updates every parameter that has a gradient; parameters without one are passed over.
 * Works on `Parameter`s and on the variables of a `tf.LayersModel`.
 */
export abstract class Optimizer<
  TGroup extends ParamGroup = ParamGroup,
  TOptions extends object = object,
> implements Disposable {
  readonly paramGroups: TGroup[] = [];
  /** Options of groups that do not give their own. */
  readonly defaults: Readonly<Omit<TGroup, "params">>;
  /** What is remembered of each parameter; empty before its first step. */
  readonly state = new Map<Variable, ParamState>();

  /** @throws MisconfigurationError for an empty list, a parameter that occurs twice, an unknown or impossible option */
  protected constructor(params: Params<TOptions>, defaults: Omit<TGroup, "params">) {
    this.defaults = defaults;
    if (typeof params !== "object" || params === null) {
      throw new MisconfigurationError({
        message: `${this.constructor.name} needs the parameters to optimize.`,
        expected: "a list of parameters, or of groups { params, … }",
        received: describeValue(params),
        tryThis: "model.parameters(), with its parentheses.",
      });
    }
    for (const group of asGroups(params)) this.addParamGroup(group);
    if (this.paramGroups.length === 0)
      throw new MisconfigurationError({
        message: `${this.constructor.name} got no parameters.`,
        tryThis: "model.parameters(), once the layers are fields of the model.",
      });
  }

  /** Adds parameters with options of their own. */
  addParamGroup(options: ParamGroupOptions<TOptions>): void {
    const owner = this.constructor.name;
    rejectUnknownOptions(`A parameter group of ${owner}`, options, ["params", "name", ...Object.keys(this.defaults)]);
    const params = [...options.params];
    const known = new Set(this.paramGroups.flatMap((group) => group.params));
    for (const [index, param] of params.entries()) {
      if (!(param instanceof Variable))
        throw new MisconfigurationError({
          message: `${owner} can only optimize parameters.`,
          expected: "Parameters or tf.Variables",
          received: `${describeValue(param)} at position ${index}`,
        });
      if (known.has(param))
        throw new MisconfigurationError({
          message: `${owner} got the same parameter twice (position ${index}).`,
          tryThis: "each parameter in one group only.",
        });
      known.add(param);
    }
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.paramGroups.push(this.completeGroup({ ...this.defaults, ...given, params }));
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
    const loss = closure?.();
    rememberForRollback(this, () => this.#snapshot());
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
   * The options and what is remembered, in PyTorch's layout. Its tensors are the live ones: the next step replaces
   * them.
   */
  stateDict(): OptimizerState {
    return saveOptimizerState(this.paramGroups, this.state);
  }

  /**
   * Takes over copies of what `stateDict` described. Nothing changes when it does not fit.
   * @throws MisconfigurationError when groups, parameters or shapes differ
   */
  loadStateDict(state: OptimizerState): void {
    loadOptimizerState(state, this.paramGroups, this.state);
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

  /** The numbers of the steps; tensors find their way back by themselves. */
  #snapshot(): () => void {
    const params: Variable[] = [];
    const steps: (number | undefined)[] = [];
    this.state.forEach(({ step }, param) => {
      params.push(param);
      steps.push(step);
    });
    return () => {
      for (const state of this.state.values()) state.step = undefined;
      params.forEach((param, i) => (this.stateOf(param).step = steps[i]));
    };
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

function asGroups<TOptions>(params: Params<TOptions>): readonly ParamGroupOptions<TOptions>[];
function asGroups(params: Iterable<object>): readonly object[] {
  const entries = [...params];
  const isGroups = entries.every((entry) => !(entry instanceof Variable) && "params" in entry);
  return isGroups ? entries : [{ params: entries }];
}
