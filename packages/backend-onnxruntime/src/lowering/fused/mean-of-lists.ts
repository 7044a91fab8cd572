import type { ElementwiseProgram } from "../../contract/elementwise-program.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { add, multiply, type Term } from "../../programs/formula.js";
import { compileFormula, type Formula } from "../../programs/formula-program.js";
import { numberAttribute } from "../read-attributes.js";
import { listInput } from "./call-inputs.js";
import { formulaNodes } from "./formula-nodes.js";
import type { FusedLowering } from "./fused-lowering.js";

/** The mean of corresponding elements of arrays that stand next to each other. @param share of one array: 1 / lists */
export function meanOfArrays(first: number, lists: number, share: number): Term {
  let sum: Term = { kind: "array", index: first };
  for (let list = 1; list < lists; list += 1) sum = add(sum, { kind: "array", index: first + list });
  return multiply(sum, { kind: "number", index: share });
}

/** Means of lists of tensors, such as the gradients of several ranks, for whoever reads them. */
export const meanOfLists: FusedLowering<"lit.MeanOfLists"> = {
  name: "lit.MeanOfLists",
  returnsList: true,
  isMeanOnDemand: true,
  program: (attrs) => programOf(listsIn(attrs)),

  record(inputs, attrs) {
    const [lists, count] = [numberAttribute(attrs, "lists"), numberAttribute(attrs, "count")];
    const tensors = Array.from({ length: lists }, (_, list) =>
      listInput("lit.MeanOfLists", inputs, `x${list}_`, count),
    );
    return {
      inputs: tensors.flat(),
      outputs: (tensors[0] ?? []).map(({ shape }) => ({ shape, dtype: "float32" as const })),
      attrs: { lists, count },
      scalars: [1 / lists],
    };
  },

  lower(graph, inputs, attrs, numbers) {
    const lists = listsIn(attrs);
    const count = inputs.length / lists;
    const { results } = formulaOf(lists);
    return Array.from({ length: count }, (_, index) => {
      const arrays = Array.from({ length: lists }, (_unused, list) => inputs[list * count + index]);
      return formulaNodes(graph, results, { arrays, numbers });
    }).flat();
  },
};

function listsIn(attrs: StructuralAttributes): number {
  return numberAttribute(attrs, "lists");
}

function formulaOf(lists: number): Formula {
  return { key: `lit.MeanOfLists ${lists}`, arrayCount: lists, numberCount: 1, results: [meanOfArrays(0, lists, 0)] };
}

const programs = new Map<number, ElementwiseProgram>();

function programOf(lists: number): ElementwiseProgram {
  let program = programs.get(lists);
  if (program === undefined) programs.set(lists, (program = compileFormula(formulaOf(lists))));
  return program;
}
