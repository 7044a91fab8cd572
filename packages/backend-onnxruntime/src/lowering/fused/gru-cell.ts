import { present, sigmoidGradient, tanhGradient, type RecurrentCell } from "./recurrent-cell.js";
import { concat, split } from "./emit.js";
import { affine, weighted } from "./recurrent-products.js";

/** n = tanh(x's part + r · hidden part); h' = n + z · (h - n). Gates in the order r, z, n. */
export const gruCell: RecurrentCell = {
  saved: [2, 1, 1, 1],

  forward(graph, { ih, hh, bias, hiddenBias }, { x, h }) {
    const hidden = (hh.shape[0] ?? 0) / 3;
    const [outerX, newX] = split(graph, affine(graph, ih, x, bias), [2 * hidden, hidden]);
    const [outerH, newH] = split(graph, weighted(graph, hh, h, hiddenBias), [2 * hidden, hidden]);
    const gates = graph.op("Sigmoid", [graph.op("Add", [outerX, outerH])]);
    const [r, z] = split(graph, gates, [hidden, hidden]);
    const n = graph.op("Tanh", [graph.op("Add", [newX, graph.op("Mul", [r, newH])])]);
    const next = graph.op("Add", [n, graph.op("Mul", [z, graph.op("Sub", [h, n])])]);
    return { h: next, c: undefined, saved: [gates, n, h, present(newH)] };
  },

  backward(graph, { dh, saved }) {
    const [gates, n, before, newH] = saved.map(present);
    const hidden = dh.shape[0] ?? 0;
    const [r, z] = split(graph, present(gates), [hidden, hidden]);
    const passed = graph.op("Mul", [dh, z]);
    const dz = graph.op("Mul", [dh, graph.op("Sub", [before, n])]);
    const dn = tanhGradient(graph, graph.op("Sub", [dh, passed]), present(n));
    const douter = sigmoidGradient(graph, concat(graph, [graph.op("Mul", [dn, newH]), dz], 0), present(gates));
    return {
      dInput: concat(graph, [douter, dn], 0),
      dHidden: concat(graph, [douter, graph.op("Mul", [dn, r])], 0),
      dh: passed,
      dc: undefined,
      c: undefined,
      h: undefined,
    };
  },
};
