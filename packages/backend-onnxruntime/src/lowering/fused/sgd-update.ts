import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { sgdProgram } from "./sgd-program.js";
import { booleanAttribute, listInput, numberAttribute } from "./attributes.js";
import { binary } from "./emit.js";

/** torch.optim.SGD over a list of parameters. */
export const sgdUpdate: LazyKernel = {
  name: "lit.SgdUpdate",
  returnsList: true,
  program: sgdProgram,

  record(inputs, attrs) {
    const count = numberAttribute(attrs, "count");
    const momentum = numberAttribute(attrs, "momentum");
    const weightDecay = numberAttribute(attrs, "weightDecay");
    const isFirstStep = booleanAttribute(attrs, "isFirstStep");
    const parameters = listInput("lit.SgdUpdate", inputs, "p", count);
    const buffers = momentum !== 0 && !isFirstStep ? listInput("lit.SgdUpdate", inputs, "b", count) : [];
    const results: TensorInfo[] = momentum === 0 ? parameters : [...parameters, ...parameters];
    return {
      inputs: [...parameters, ...listInput("lit.SgdUpdate", inputs, "g", count), ...buffers],
      outputs: results.map(({ shape }) => ({ shape, dtype: "float32" })),
      attrs: {
        count,
        hasMomentum: momentum !== 0,
        hasWeightDecay: weightDecay !== 0,
        nesterov: booleanAttribute(attrs, "nesterov"),
        maximize: booleanAttribute(attrs, "maximize"),
        isFirstStep: momentum !== 0 && isFirstStep,
      },
      scalars: [numberAttribute(attrs, "lr"), momentum, 1 - numberAttribute(attrs, "dampening"), weightDecay],
    };
  },

  lower(graph, inputs, attrs, scalars) {
    const count = numberAttribute(attrs, "count");
    const [rate, momentum, undamped, weightDecay] = scalars;
    if (rate === undefined || momentum === undefined || undamped === undefined || weightDecay === undefined) return [];
    const updated: GraphValue[] = [];
    const buffers: GraphValue[] = [];
    for (let index = 0; index < count; index += 1) {
      const [parameter, rawGrad, buffer] = [inputs[index], inputs[count + index], inputs[2 * count + index]];
      if (parameter === undefined || rawGrad === undefined) return [];
      const grad = decayedGradient(graph, {
        parameter,
        grad: attrs["maximize"] === true ? graph.op("Neg", [rawGrad]) : rawGrad,
        weightDecay: attrs["hasWeightDecay"] === true ? weightDecay : undefined,
      });
      const velocity = buffer === undefined ? grad : binary(graph, "Add", binary(graph, "Mul", buffer, momentum), binary(graph, "Mul", grad, undamped));
      const isLookingAhead = attrs["hasMomentum"] === true && attrs["nesterov"] === true;
      const direction = isLookingAhead ? binary(graph, "Add", grad, binary(graph, "Mul", velocity, momentum)) : velocity;
      updated.push(binary(graph, "Sub", parameter, binary(graph, "Mul", direction, rate)));
      buffers.push(velocity);
    }
    return attrs["hasMomentum"] === true ? [...updated, ...buffers] : updated;
  },
};

/** grad + weightDecay · parameter. */
export function decayedGradient(graph: GraphBuilder, { parameter, grad, weightDecay }: { parameter: GraphValue; grad: GraphValue; weightDecay: GraphValue | undefined }): GraphValue {
  return weightDecay === undefined ? grad : binary(graph, "Add", grad, binary(graph, "Mul", parameter, weightDecay));
}
