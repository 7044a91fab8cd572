import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { adamProgram } from "./adam-program.js";
import { booleanAttribute, listInput, numberAttribute } from "./attributes.js";
import { binary } from "./emit.js";
import { decayedGradient } from "./sgd-update.js";

/**
 * torch.optim.Adam and AdamW over a list of parameters.
 * `lr / biasCorrection1 · m / (√v / √biasCorrection2 + eps)` is computed as `rate · m / (√v + eps · √biasCorrection2)`: one pass less.
 */
export const adamUpdate: LazyKernel = {
  name: "lit.AdamUpdate",
  returnsList: true,
  program: adamProgram,

  record(inputs, attrs) {
    const count = numberAttribute(attrs, "count");
    const list = (prefix: string) => listInput("lit.AdamUpdate", inputs, prefix, count);
    const parameters = list("p");
    const amsgrad = booleanAttribute(attrs, "amsgrad");
    const weightDecay = numberAttribute(attrs, "weightDecay");
    const decoupled = booleanAttribute(attrs, "decoupledWeightDecay");
    const [lr, beta1, beta2] = [numberAttribute(attrs, "lr"), numberAttribute(attrs, "beta1"), numberAttribute(attrs, "beta2")];
    const correction = Math.sqrt(numberAttribute(attrs, "biasCorrection2"));
    return {
      inputs: [...parameters, ...list("g"), ...list("m"), ...list("v"), ...(amsgrad ? list("x") : [])],
      outputs: Array.from({ length: amsgrad ? 4 : 3 }, () => parameters.map(({ shape }) => ({ shape, dtype: "float32" as const }))).flat(),
      attrs: { count, amsgrad, hasWeightDecay: weightDecay !== 0, decoupled, maximize: booleanAttribute(attrs, "maximize") },
      scalars: [
        1 - beta1,
        beta2,
        1 - beta2,
        (lr * correction) / numberAttribute(attrs, "biasCorrection1"),
        numberAttribute(attrs, "eps") * correction,
        decoupled ? 1 - lr * weightDecay : weightDecay,
      ],
    };
  },

  lower(graph, inputs, attrs, scalars) {
    const count = numberAttribute(attrs, "count");
    const results: GraphValue[][] = [];
    for (let index = 0; index < count; index += 1) {
      const [parameter, grad, mean, square, largest] = [0, 1, 2, 3, 4].map((list) => inputs[list * count + index]);
      if (parameter === undefined || grad === undefined || mean === undefined || square === undefined) return [];
      results.push(updateOne(graph, { parameter, grad, mean, square, largest }, attrs, scalars));
    }
    return [0, 1, 2, 3].flatMap((kind) => results.flatMap((result) => result[kind] ?? []));
  },
};

interface AdamOperands {
  readonly parameter: GraphValue;
  readonly grad: GraphValue;
  readonly mean: GraphValue;
  readonly square: GraphValue;
  readonly largest: GraphValue | undefined;
}

/** New parameter, mean, mean square and, for amsgrad, largest mean square. */
function updateOne(graph: GraphBuilder, operands: AdamOperands, attrs: Parameters<LazyKernel["lower"]>[2], scalars: readonly GraphValue[]): GraphValue[] {
  const [meanShare, squareKept, squareShare, rate, eps, decay] = scalars;
  if (meanShare === undefined || squareKept === undefined || squareShare === undefined || rate === undefined || eps === undefined) return [];
  const isDecoupled = attrs["decoupled"] === true;
  const hasDecay = attrs["hasWeightDecay"] === true && decay !== undefined;
  const parameter = hasDecay && isDecoupled ? binary(graph, "Mul", operands.parameter, decay) : operands.parameter;
  const raw = attrs["maximize"] === true ? graph.op("Neg", [operands.grad]) : operands.grad;
  const grad = decayedGradient(graph, { parameter, grad: raw, weightDecay: hasDecay && !isDecoupled ? decay : undefined });
  const mean = binary(graph, "Add", operands.mean, binary(graph, "Mul", binary(graph, "Sub", grad, operands.mean), meanShare));
  // In PyTorch's order: the square alone would overflow at gradients of 2e19.
  const newSquare = binary(graph, "Mul", binary(graph, "Mul", grad, squareShare), grad);
  const square = binary(graph, "Add", binary(graph, "Mul", operands.square, squareKept), newSquare);
  const largest = operands.largest === undefined ? square : binary(graph, "Max", operands.largest, square);
  const denominator = binary(graph, "Add", graph.op("Sqrt", [largest]), eps);
  const step = binary(graph, "Div", binary(graph, "Mul", mean, rate), denominator);
  const updated = binary(graph, "Sub", parameter, step);
  return operands.largest === undefined ? [updated, mean, square] : [updated, mean, square, largest];
}
