import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { roundToCompute } from "./autocast.js";
import { binary, reshape } from "./emit.js";
import { gruCell } from "./gru-cell.js";
import { lstmCell } from "./lstm-cell.js";
import { needed, type NamedValues } from "./recurrent-call.js";
import type { RecurrentCell, RecurrentWeights } from "./recurrent-cell.js";
import { swapLastGates } from "./recurrent-products.js";
import { rnnCell } from "./rnn-cell.js";

const CELLS: Readonly<Record<string, RecurrentCell>> = {
  lstm: lstmCell,
  gru: gruCell,
  tanh: rnnCell("tanh"),
  relu: rnnCell("relu"),
};

export function cellOf(name: string): RecurrentCell {
  const cell = CELLS[name];
  if (cell === undefined) throw new RangeError(`There is no recurrent cell ${name}.`);
  return cell;
}

/**
 * Weights, biases or their gradients, with the gates' rows in the order in which the graph's cell reads them. Applied
 * twice it gives back the order of the contract.
 */
export function inGateOrder(graph: GraphBuilder, cell: string, value: GraphValue): GraphValue {
  return cell === "lstm" ? swapLastGates(graph, value) : value;
}

export function weightsOf(graph: GraphBuilder, cell: string, values: NamedValues): RecurrentWeights {
  const ordered = (value: GraphValue) => inGateOrder(graph, cell, value);
  const [biasIh, biasHh] = [values["biasIh"], values["biasHh"]].map((bias) =>
    bias === undefined ? undefined : reshape(graph, ordered(bias), [bias.shape[0] ?? 0, 1]),
  );
  const isApart = cell === "gru"; // The hidden part of a GRU's n is multiplied before it is added.
  const sum = biasIh === undefined || biasHh === undefined ? biasIh : binary(graph, "Add", biasIh, biasHh);
  return {
    ih: roundToCompute(graph, ordered(needed(values, "weightIh"))),
    hh: roundToCompute(graph, ordered(needed(values, "weightHh"))),
    bias: isApart ? biasIh : sum,
    hiddenBias: isApart ? biasHh : undefined,
  };
}
