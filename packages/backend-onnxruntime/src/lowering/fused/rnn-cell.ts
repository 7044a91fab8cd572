import { isPositive } from "./is-positive.js";
import { present, tanhGradient, type RecurrentCell } from "./recurrent-cell.js";
import { affine, weighted } from "./recurrent-products.js";

/** h' = tanh(x's part + hidden part), or relu of it. */
export function rnnCell(activation: "tanh" | "relu"): RecurrentCell {
  return {
    saved: [1],

    forward(graph, { ih, hh, bias }, { x, h }) {
      const sum = weighted(graph, hh, h, affine(graph, ih, x, bias));
      const next = graph.op(activation === "tanh" ? "Tanh" : "Relu", [sum]);
      return { h: next, c: undefined, saved: [next] };
    },

    backward(graph, { dh, saved }) {
      const after = present(saved[0]);
      const dsum =
        activation === "tanh" ? tanhGradient(graph, dh, after) : graph.op("Mul", [dh, isPositive(graph, after)]);
      return { dInput: dsum, dHidden: dsum, dh: undefined, dc: undefined, c: undefined, h: undefined };
    },
  };
}
