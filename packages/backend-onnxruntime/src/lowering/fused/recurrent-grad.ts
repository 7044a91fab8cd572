import type { GraphBuilder, GraphValue, ScanValues } from "../../contract/graph-builder.js";
import { booleanAttribute, stringAttribute } from "../read-attributes.js";
import { exactSum } from "../sums/exact-sum.js";
import { roundToCompute } from "./autocast.js";
import { binary, isEmpty, reshape, transpose, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { matrixProduct } from "./matrix-product.js";
import { previousStates } from "./recurrent-previous.js";
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
import { cellOf, inGateOrder } from "./recurrent-weights.js";

const SAVED = ["saved0", "saved1", "saved2", "saved3"];
const INPUTS = ["dy", "dhN", "dcN", "x", "weightIh", "weightHh", "weightHr", "h0", "lengths", "y", "cN", ...SAVED];

/** The gradients of a recurrent layer: one `Scan` backwards, and products over all steps at once for the weights. */
export const recurrentGrad: FusedLowering<"lit.RecurrentGrad"> = {
  name: "lit.RecurrentGrad",
  returnsList: true,

  record(inputs, attrs) {
    const { names, infos } = namedInputs(INPUTS, { ...inputs });
    const call = structural(attrs);
    const sizes = recurrentSizes("lit.RecurrentGrad", call.cell, inputs);
    const shapes = gradientShapes(call.cell, inputs.weightHr !== undefined, sizes);
    return { inputs: infos, outputs: shapes.map((shape) => ({ shape, dtype: "float32" })), attrs: { ...call, names } };
  },

  lower(graph, inputs, attrs) {
    const values = valuesByName(inputs, attrs);
    const [cell, isReversed] = [stringAttribute(attrs, "cell"), booleanAttribute(attrs, "reverse")];
    const { weightHr } = values;
    if (inputs.some(isEmpty))
      return gradientShapes(cell, weightHr !== undefined, sizesOf(attrs, values)).map((shape) => zeros(graph, shape));
    const { states, outputs } = scanBackward(graph, values, { cell, isReversed });
    const [dInput, dHidden, dProjected, unprojected] = cell === "gru" ? outputs : [outputs[0], ...outputs];
    const [dh0, dc0] = states.map((state) => transpose(graph, state, [1, 0]));
    const ofInput = perGate(graph, cell, present(dInput), needed(values, "x"));
    const ofHidden = perGate(graph, cell, present(dHidden), previousStates(graph, values, isReversed));
    const ih = roundToCompute(graph, inGateOrder(graph, cell, needed(values, "weightIh")));
    return [
      matrixProduct(graph, present(dInput), ih, { transposeA: true }),
      ofInput.dweight,
      ofHidden.dweight,
      ofInput.dbias,
      ofHidden.dbias,
      present(dh0),
      ...(cell === "lstm" ? [present(dc0)] : []),
      ...(weightHr === undefined
        ? []
        : [matrixProduct(graph, rowsOf(graph, present(dProjected)), columnsOf(graph, present(unprojected)))]),
    ];
  },
};

function scanBackward(
  graph: GraphBuilder,
  values: NamedValues,
  { cell, isReversed }: { readonly cell: string; readonly isReversed: boolean },
): ScanValues {
  const { backward } = cellOf(cell);
  const { dy, dhN, dcN, cN, weightHr } = values;
  const columns = (state: GraphValue) => transpose(graph, state, [1, 0]);
  const hh = columns(roundToCompute(graph, inGateOrder(graph, cell, needed(values, "weightHh"))));
  const projection = weightHr && columns(roundToCompute(graph, weightHr));
  const [steps = 0, batch = 0] = needed(values, "x").shape;
  const mask = maskOf(graph, values, steps);
  const noGradient = (units: number | undefined) => zeros(graph, [units ?? 0, batch]);
  const dh0 = dhN === undefined ? noGradient(hh.shape[0]) : columns(dhN);
  const ofCells = cN === undefined ? [] : [dcN === undefined ? noGradient(cN.shape[1]) : columns(dcN), columns(cN)];
  const ofOutputs = dy === undefined ? [] : [transpose(graph, dy, [0, 2, 1])];
  const saved = SAVED.flatMap((name) => values[name] ?? []);
  return graph.scan({
    states: [dh0, ...ofCells],
    inputs: [...saved, ...ofOutputs, ...(mask === undefined ? [] : [mask])],
    isReversed: !isReversed,
    step: (step, [later, dcLater, c], entries) => {
      const dhLater = present(later);
      const [ofOutput, counts] = dy === undefined ? [undefined, entries[saved.length]] : entries.slice(saved.length);
      const all = ofOutput === undefined ? dhLater : binary(step, "Add", dhLater, ofOutput);
      const dh = pick(step, counts, all, 0);
      const gradient = backward(step, {
        dh: projection === undefined ? dh : weighted(step, projection, dh),
        dc: dcLater && pick(step, counts, dcLater, 0),
        c,
        saved: entries.slice(0, saved.length),
      });
      const dhBefore = weighted(step, hh, gradient.dHidden, gradient.dh);
      const passed = (before: GraphValue, after: GraphValue): GraphValue =>
        counts === undefined ? before : pick(step, counts, before, after);
      const cells =
        gradient.dc === undefined || gradient.c === undefined || dcLater === undefined
          ? []
          : [passed(gradient.dc, dcLater), gradient.c];
      return {
        states: [passed(dhBefore, dhLater), ...cells],
        outputs: [
          gradient.dInput,
          ...(cell === "gru" ? [gradient.dHidden] : []),
          ...(projection === undefined ? [] : [dh, present(gradient.h)]),
        ],
      };
    },
  });
}

/** dgates [T, G · H, B] with the rows [T, B, K] that the gates were computed from. */
function perGate(
  graph: GraphBuilder,
  cell: string,
  dgates: GraphValue,
  rows: GraphValue,
): { readonly dweight: GraphValue; readonly dbias: GraphValue } {
  const flat = rowsOf(graph, dgates);
  const factor = reshape(graph, rows, [(rows.shape[0] ?? 0) * (rows.shape[1] ?? 0), rows.shape[2] ?? 0]);
  return {
    dweight: inGateOrder(graph, cell, matrixProduct(graph, flat, factor)),
    dbias: inGateOrder(graph, cell, exactSum(graph, flat, [1])),
  };
}

/** [T, M, B] -> [M, T · B] */
function rowsOf(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [steps = 0, units = 0, batch = 0] = value.shape;
  return reshape(graph, transpose(graph, value, [1, 0, 2]), [units, steps * batch]);
}

/** [T, M, B] -> [T · B, M] */
function columnsOf(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [steps = 0, units = 0, batch = 0] = value.shape;
  return reshape(graph, transpose(graph, value, [0, 2, 1]), [steps * batch, units]);
}

function gradientShapes(
  cell: string,
  isProjected: boolean,
  { steps, batch, input, hidden, projected, gates }: RecurrentSizes,
): (readonly number[])[] {
  const rows = gates * hidden;
  return [
    [steps, batch, input],
    [rows, input],
    [rows, projected],
    [rows],
    [rows],
    [batch, projected],
    ...(cell === "lstm" ? [[batch, hidden]] : []),
    ...(isProjected ? [[projected, hidden]] : []),
  ];
}
