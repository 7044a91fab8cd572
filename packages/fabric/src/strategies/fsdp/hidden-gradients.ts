import { gradOf, noGrad, setGrad, tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/** Takes gradients away for a while: an optimizer passes over parameters that have none. */
export class HiddenGradients {
  readonly #gradients = new Map<Variable, Tensor>();

  hide(parameters: readonly Variable[]): void {
    noGrad(() => {
      for (const parameter of parameters) {
        const gradient = gradOf(parameter);
        if (gradient === null || this.#gradients.has(parameter)) continue;
        // A gradient is disposed when another takes its place; the copy shares its values.
        this.#gradients.set(parameter, tf.keep(tf.clone(gradient)));
        setGrad(parameter, null);
      }
    });
  }

  restore(): void {
    for (const [parameter, gradient] of this.#gradients) setGrad(parameter, gradient);
    this.#gradients.clear();
  }
}
