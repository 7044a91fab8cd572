import type { ElementwiseProgram } from "../../contract/elementwise-program.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { compileElementwise } from "../../programs/elementwise-program.js";
import { wasm } from "../../programs/wasm-module.js";

const programs = new Map<string, ElementwiseProgram>();

/** The update of `lit.SgdUpdate`, operation by operation as its lowering computes it. */
export function sgdProgram(attrs: StructuralAttributes): ElementwiseProgram {
  const { hasMomentum, hasWeightDecay, nesterov, maximize, isFirstStep } = attrs;
  const key = `sgd ${String(hasMomentum)} ${String(hasWeightDecay)} ${String(nesterov)} ${String(maximize)} ${String(isFirstStep)}`;
  const known = programs.get(key);
  if (known !== undefined) return known;
  const hasBuffer = hasMomentum === true && isFirstStep !== true;
  const program = compileElementwise({
    key,
    inputCount: hasBuffer ? 3 : 2,
    scalarCount: 4,
    describe: ({ input, scalar, share }) => {
      const directed = maximize === true ? wasm.negate(input(1)) : input(1);
      const grad = share(hasWeightDecay === true ? wasm.add(directed, wasm.multiply(input(0), scalar(3))) : directed);
      const velocity = hasBuffer ? share(wasm.add(wasm.multiply(input(2), scalar(1)), wasm.multiply(grad, scalar(2)))) : grad;
      const isLookingAhead = hasMomentum === true && nesterov === true;
      const direction = isLookingAhead ? wasm.add(grad, wasm.multiply(velocity, scalar(1))) : velocity;
      const updated = wasm.subtract(input(0), wasm.multiply(direction, scalar(0)));
      return hasMomentum === true ? [updated, velocity] : [updated];
    },
  });
  programs.set(key, program);
  return program;
}
