import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { booleanAttribute, stringAttribute } from "../read-attributes.js";
import { roundToCompute } from "./autocast.js";
import { isEmpty, transpose, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import {
  maskOf,
  namedInputs,
  needed,
  pick,
  recurrentSizes,
  sizesOf,
  structural,
  valuesByName,
  type NamedValues,
  type RecurrentSizes,
} from "./recurrent-call.js";
import { present } from "./recurrent-cell.js";
import { weighted } from "./recurrent-products.js";
import { cellOf, weightsOf } from "./recurrent-weights.js";

const INPUTS = ["x", "weightIh", "weightHh", "biasIh", "biasHh", "weightHr", "h0", "c0", "lengths"];

/** A recurrent layer as one `Scan` over its steps. */
export const recurrent: FusedLowering<"lit.Recurrent"> = {
  name: "lit.Recurrent",
  returnsList: true,

  record(inputs, attrs) {
    const { names, infos } = namedInputs(INPUTS, { ...inputs });
    const call = structural(attrs);
    const shapes = resultShapes(call.cell, call.saves, recurrentSizes("lit.Recurrent", call.cell, inputs));
    return { inputs: infos, outputs: shapes.map((shape) => ({ shape, dtype: "float32" })), attrs: { ...call, names } };
  },

  lower(graph, inputs, attrs) {
    const values = valuesByName(inputs, attrs);
    const [cell, saves] = [stringAttribute(attrs, "cell"), booleanAttribute(attrs, "saves")];
    if (inputs.some(isEmpty))
      return resultShapes(cell, saves, sizesOf(attrs, values)).map((shape) => zeros(graph, shape));
    const { states, outputs } = scanForward(graph, values, {
      cell,
      saves,
      isReversed: booleanAttribute(attrs, "reverse"),
    });
    const [y, ...saved] = outputs;
    return [
      transpose(graph, present(y), [0, 2, 1]),
      ...states.map((state) => transpose(graph, state, [1, 0])),
      ...saved,
    ];
  },
};

interface ForwardOptions {
  readonly cell: string;
  readonly saves: boolean;
  readonly isReversed: boolean;
}

function scanForward(graph: GraphBuilder, values: NamedValues, { cell, saves, isReversed }: ForwardOptions) {
  const x = needed(values, "x");
  const { forward } = cellOf(cell);
  const weights = weightsOf(graph, cell, values);
  const projection = values["weightHr"] && roundToCompute(graph, values["weightHr"]);
  const mask = maskOf(graph, values, x.shape[0] ?? 0);
  const columns = (state: GraphValue) => transpose(graph, state, [1, 0]);
  return graph.scan({
    states: [columns(needed(values, "h0")), ...(values["c0"] === undefined ? [] : [columns(values["c0"])])],
    inputs: [roundToCompute(graph, x), ...(mask === undefined ? [] : [mask])],
    isReversed,
    step: (step, [before, c], [entry, counts]) => {
      const h = present(before);
      const next = forward(step, weights, { x: present(entry), h, c });
      const y = projection === undefined ? next.h : weighted(step, projection, next.h);
      const cells = c === undefined || next.c === undefined ? [] : [pick(step, counts, next.c, c)];
      return {
        states: [pick(step, counts, y, h), ...cells],
        outputs: [pick(step, counts, y, 0), ...(saves ? next.saved : [])],
      };
    },
  });
}

function resultShapes(
  cell: string,
  saves: boolean,
  { steps, batch, hidden, projected }: RecurrentSizes,
): (readonly number[])[] {
  return [
    [steps, batch, projected],
    [batch, projected],
    ...(cell === "lstm" ? [[batch, hidden]] : []),
    ...(saves ? cellOf(cell).saved.map((units) => [steps, units * hidden, batch]) : []),
  ];
}
