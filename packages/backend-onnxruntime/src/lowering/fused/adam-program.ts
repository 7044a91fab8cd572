import type { ElementwiseProgram } from "../../contract/elementwise-program.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { compileElementwise } from "../../programs/elementwise-program.js";
import { wasm } from "../../programs/wasm-module.js";

const programs = new Map<string, ElementwiseProgram>();

/** The update of `lit.AdamUpdate`, operation by operation as its lowering computes it. */
export function adamProgram(attrs: StructuralAttributes): ElementwiseProgram {
  const { amsgrad, hasWeightDecay, decoupled, maximize } = attrs;
  const key = `adam ${String(amsgrad)} ${String(hasWeightDecay)} ${String(decoupled)} ${String(maximize)}`;
  const known = programs.get(key);
  if (known !== undefined) return known;
  const program = compileElementwise({
    key,
    inputCount: amsgrad === true ? 5 : 4,
    scalarCount: 6,
    describe: ({ input, scalar, share }) => {
      const [meanShare, squareKept, squareShare, rate, eps, decay] = [scalar(0), scalar(1), scalar(2), scalar(3), scalar(4), scalar(5)];
      const [parameter, raw, oldMean, oldSquare] = [input(0), input(1), input(2), input(3)];
      const directed = maximize === true ? wasm.negate(raw) : raw;
      const isShrinking = hasWeightDecay === true && decoupled === true;
      const start = isShrinking ? wasm.multiply(parameter, decay) : parameter;
      const isPulling = hasWeightDecay === true && decoupled !== true;
      const grad = share(isPulling ? wasm.add(directed, wasm.multiply(parameter, decay)) : directed);
      const mean = share(wasm.add(oldMean, wasm.multiply(wasm.subtract(grad, oldMean), meanShare)));
      const newSquare = wasm.multiply(wasm.multiply(grad, squareShare), grad);
      const square = share(wasm.add(wasm.multiply(oldSquare, squareKept), newSquare));
      const largest = amsgrad === true ? share(wasm.maximum(input(4), square)) : square;
      const denominator = wasm.add(wasm.squareRoot(largest), eps);
      const updated = wasm.subtract(start, wasm.divide(wasm.multiply(mean, rate), denominator));
      return amsgrad === true ? [updated, mean, square, largest] : [updated, mean, square];
    },
  });
  programs.set(key, program);
  return program;
}
