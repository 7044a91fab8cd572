import type { tf } from "../../tensor/tf.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { linear } from "../functional/linear.js";
import { inLayer } from "../in-layer.js";
import { ReLU } from "../layers/activations.js";
import { Linear } from "../layers/linear.js";
import type { Module } from "../module.js";
import type { ChildText } from "../module-text.js";
import { isPlainObject } from "../../tree/tree.js";
import { ModuleList } from "./module-list.js";

/** A module from one tensor to one tensor. */
export interface TensorModule extends Module {
  forward(x: tf.Tensor): tf.Tensor;
}

/**
 * Modules one after another; keys begin with 0, 1, …, or with their names in an object of modules.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
 * console.log(model.forward(tf.zeros([2, 4])).shape); // [2, 3]
 * const named = new nn.Sequential({ hidden: new nn.Linear(4, 8), out: new nn.Linear(8, 3) });
 * console.log([...named.stateDict().keys()]); // hidden.weight, hidden.bias, out.weight, out.bias
 * ```
 */
export class Sequential extends ModuleList<TensorModule> {
  constructor(...modules: TensorModule[] | [named: Readonly<Record<string, TensorModule>>]) {
    super();
    for (const part of modules)
      if (isTensorModule(part)) this.append(part);
      else for (const [name, module] of Object.entries(part)) this.appendAs(name, module);
  }

  /** The same modules from `start` to before `end`, one after another; negative ones count from the end. */
  override slice(start?: number, end?: number): Sequential {
    const part = new Sequential();
    const positions = [...[...this].entries()].slice(start, end);
    for (const [index, module] of positions) part.appendAs(this.givenName(index), module);
    return part;
  }

  /** What the modules make of x, one after another; they have one input each. */
  override forward(x: tf.Tensor, ...more: readonly never[]): tf.Tensor {
    refuseMore("nn.Sequential's forward", more);
    let value = x;
    for (let i = 0; i < this.length; i += 1) {
      const module = this.at(i);
      const fused = fusedWithNext(module, this.at(i + 1));
      value = fused === undefined ? (module?.forward(value) ?? value) : fused(value);
      if (fused !== undefined) i += 1;
    }
    return value;
  }

  /** One line each, unlike a list's. */
  protected override childTexts(): ChildText[] {
    return this.namedChildren().map(([name, child]) => [name, String(child)]);
  }
}

function isTensorModule(part: TensorModule | Readonly<Record<string, TensorModule>>): part is TensorModule {
  return !isPlainObject(part);
}

/**
 * A linear layer and the ReLU after it are one kernel. Subclasses may do something else, so only the classes themselves
 * count.
 */
function fusedWithNext(
  module: Module | undefined,
  next: Module | undefined,
): ((x: tf.Tensor) => tf.Tensor) | undefined {
  if (
    !(module instanceof Linear) ||
    !(next instanceof ReLU) ||
    module.forward !== Linear.prototype.forward ||
    next.forward !== ReLU.prototype.forward
  )
    return undefined;
  const { weight, bias } = module;
  return (x) => inLayer(module, x, () => linear(x, weight, bias, { activation: "relu" }));
}
