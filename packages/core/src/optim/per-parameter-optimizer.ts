import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { Optimizer } from "./optimizer.js";
import type { ParamGroup } from "./param-group.js";
import type { ParamState } from "./param-state.js";

/** A parameter, and what its step starts from. */
export interface ParamStep {
  readonly param: Variable;
  readonly grad: Tensor;
  readonly state: ParamState;
}

/** An optimizer that computes the step of one parameter after the other, from plain ops. */
export abstract class PerParameterOptimizer<TGroup extends ParamGroup, TOptions extends object> extends Optimizer<
  TGroup,
  TOptions
> {
  /** @returns the parameter's new value; all other tensors that are made and not kept are freed */
  protected abstract valueAfter(group: TGroup, step: ParamStep): Tensor;

  protected override updateGroup(group: TGroup, params: readonly Variable[], grads: readonly Tensor[]): void {
    for (const [i, param] of params.entries()) {
      const grad = grads[i];
      if (grad === undefined) continue;
      const value = tf.tidy(() => this.valueAfter(group, { param, grad, state: this.stateOf(param) }));
      param.assign(value);
      value.dispose();
    }
  }
}
