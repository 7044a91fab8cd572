import { add, multiply, negate, subtract, type Term } from "../../programs/formula.js";
import { meanSquare } from "./directed-gradient.js";

/** What Adam and its relatives are called with, as far as their moments depend on it. */
interface Call {
  number(name: "lr" | "beta1" | "beta2" | "weightDecay"): number;
  boolean(name: "decoupledWeightDecay" | "maximize"): boolean;
}

/** Options of an update that begins with `moments`. */
export const MOMENT_OPTIONS = {
  hasWeightDecay: (call: Call) => call.number("weightDecay") !== 0,
  decoupled: (call: Call) => call.boolean("decoupledWeightDecay"),
  maximize: (call: Call) => call.boolean("maximize"),
};

/** Numbers of an update that begins with `moments`. */
export const MOMENT_NUMBERS = {
  meanShare: (call: Call) => 1 - call.number("beta1"),
  squareKept: (call: Call) => call.number("beta2"),
  squareShare: (call: Call) => 1 - call.number("beta2"),
  decay: (call: Call) =>
    call.boolean("decoupledWeightDecay")
      ? 1 - call.number("lr") * call.number("weightDecay")
      : call.number("weightDecay"),
};

interface Parts {
  readonly is: (option: keyof typeof MOMENT_OPTIONS) => boolean;
  readonly array: (prefix: string) => Term;
  readonly number: (name: keyof typeof MOMENT_NUMBERS) => Term;
}

/** How an update of Adam and its relatives begins. */
interface Moments {
  /** The parameter, after weight decay where that is decoupled. */
  readonly start: Term;
  /** The gradient, with the L2 penalty where weight decay is not decoupled. */
  readonly grad: Term;
  /** The running means of the gradient and of its square, after this step. */
  readonly mean: Term;
  readonly square: Term;
}

/** Weight decay and both running means, over the lists p, g, m and v. */
export function moments({ is, array, number }: Parts): Moments {
  const directed = is("maximize") ? negate(array("g")) : array("g");
  const decays = is("hasWeightDecay");
  const start = decays && is("decoupled") ? multiply(array("p"), number("decay")) : array("p");
  const grad = decays && !is("decoupled") ? add(directed, multiply(array("p"), number("decay"))) : directed;
  return {
    start,
    grad,
    mean: add(array("m"), multiply(subtract(grad, array("m")), number("meanShare"))),
    square: meanSquare(array("v"), grad, number("squareKept"), number("squareShare")),
  };
}
