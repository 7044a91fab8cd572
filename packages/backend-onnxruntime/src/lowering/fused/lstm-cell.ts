import { present, sigmoidGradient, tanhGradient, type RecurrentCell } from "./recurrent-cell.js";
import { concat, split } from "./emit.js";
import { affine, weighted } from "./recurrent-products.js";

/** c' = f · c + i · g; h' = o · tanh(c'). Gates in the order i, f, o, g. */
export const lstmCell: RecurrentCell = {
  saved: [3, 1, 1],

  forward(graph, { ih, hh, bias }, { x, h, c }) {
    const hidden = (hh.shape[0] ?? 0) / 4;
    const sum = weighted(graph, hh, h, affine(graph, ih, x, bias));
    const [outer, inner] = split(graph, sum, [3 * hidden, hidden]).map(present);
    const gates = graph.op("Sigmoid", [outer]);
    const g = graph.op("Tanh", [inner]);
    const [i, f, o] = split(graph, gates, [hidden, hidden, hidden]);
    const before = present(c);
    const cells = graph.op("Add", [graph.op("Mul", [f, before]), graph.op("Mul", [i, g])]);
    return { h: graph.op("Mul", [o, graph.op("Tanh", [cells])]), c: cells, saved: [gates, g, before] };
  },

  backward(graph, { dh, dc, c, saved }) {
    const [gates, g, before] = saved.map(present);
    const hidden = dh.shape[0] ?? 0;
    const [i, f, o] = split(graph, present(gates), [hidden, hidden, hidden]);
    const squashed = graph.op("Tanh", [c]);
    const dcells = graph.op("Add", [tanhGradient(graph, graph.op("Mul", [dh, o]), squashed), dc]);
    const dgates = concat(
      graph,
      [graph.op("Mul", [dcells, g]), graph.op("Mul", [dcells, before]), graph.op("Mul", [dh, squashed])],
      0,
    );
    const dsum = concat(
      graph,
      [sigmoidGradient(graph, dgates, present(gates)), tanhGradient(graph, graph.op("Mul", [dcells, i]), present(g))],
      0,
    );
    return {
      dInput: dsum,
      dHidden: dsum,
      dh: undefined,
      dc: graph.op("Mul", [dcells, f]),
      c: before,
      h: graph.op("Mul", [o, squashed]),
    };
  },
};
