import { add, multiply, negate, type Term } from "../../programs/formula.js";

interface Parts {
  readonly is: (option: "maximize" | "hasWeightDecay") => boolean;
  readonly array: (prefix: string) => Term;
  readonly number: (name: "weightDecay") => Term;
}

/** The gradient as most updates begin with it: turned round to go up, with the L2 penalty of the parameter. */
export function directedGradient({ is, array, number }: Parts): Term {
  const directed = is("maximize") ? negate(array("g")) : array("g");
  return is("hasWeightDecay") ? add(directed, multiply(array("p"), number("weightDecay"))) : directed;
}

/** `kept · average + (1 - kept) · square`, in PyTorch's order: the square alone would overflow at gradients of 2e19. */
export function meanSquare(average: Term, value: Term, kept: Term, share: Term): Term {
  return add(multiply(average, kept), multiply(multiply(value, share), value));
}
