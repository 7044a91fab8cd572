import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { booleanAttribute } from "../read-attributes.js";
import { axesConstant, isEmpty, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { maskOf, pick } from "./recurrent-call.js";
import { present } from "./recurrent-cell.js";

/** The recursion of CTC as one `Scan` over its steps. */
export const ctcStates: FusedLowering<"lit.CtcStates"> = {
  name: "lit.CtcStates",
  returnsList: true,

  record({ emissions, skips, start, lengths }, attrs) {
    const [steps = 0, batch = 0, states = 0] = emissions.shape;
    const state = [batch, states];
    const fits = emissions.shape.length === 3 && skips.shape.join() === state.join() && states > 2;
    if (!fits || start.shape.join() !== state.join() || lengths.shape.join() !== String(batch))
      throw new FusedKernelError(
        `lit.CtcStates' inputs do not fit together. Expected emissions [T, N, S] with S > 2, skips and start [N, S] and lengths [N]. Received [${emissions.shape.join(", ")}], [${skips.shape.join(", ")}], [${start.shape.join(", ")}] and [${lengths.shape.join(", ")}].`,
      );
    return {
      inputs: [emissions, skips, start, lengths],
      outputs: [[steps, batch, states], state].map((shape) => ({ shape, dtype: "float32" })),
      attrs: { reverse: booleanAttribute(attrs, "reverse") },
    };
  },

  lower(graph, [emissions, skips, start, lengths], attrs) {
    const [e, skip, first, count] = [present(emissions), present(skips), present(start), present(lengths)];
    const [steps = 0, batch = 0] = e.shape;
    if (isEmpty(e)) return [zeros(graph, e.shape), first];
    const mask = present(maskOf(graph, { lengths: count }, steps));
    const counts = graph.op("Reshape", [mask, axesConstant(graph, [steps, batch, 1])], {
      dtype: "bool",
      shape: [steps, batch, 1],
    });
    const { states, outputs } = graph.scan({
      states: [first],
      inputs: [e, counts],
      isReversed: booleanAttribute(attrs, "reverse"),
      step: (step, [before], [emission, isCounted]) => {
        const next = pick(
          step,
          present(isCounted),
          advance(step, present(before), skip, present(emission)),
          present(before),
        );
        return { states: [next], outputs: [next] };
      },
    });
    return [present(outputs[0]), present(states[0])];
  },
};

function advance(graph: GraphBuilder, state: GraphValue, skips: GraphValue, emission: GraphValue): GraphValue {
  const { shape } = state;
  const op = (type: string, inputs: readonly GraphValue[]): GraphValue => graph.op(type, inputs, { shape });
  const ways = [state, shifted(graph, state, 1), op("Add", [shifted(graph, state, 2), skips])];
  const most = op("Max", ways);
  const sum = op(
    "Sum",
    ways.map((way) => op("Exp", [op("Sub", [way, most])])),
  );
  return op("Add", [op("Add", [op("Log", [sum]), most]), emission]);
}

/** The states moved to the right: impossible ones come in from the left. */
function shifted(graph: GraphBuilder, state: GraphValue, by: number): GraphValue {
  const pads = graph.constant([0, by, 0, -by], "int64", [4]);
  return graph.op("Pad", [state, pads, graph.constant(IMPOSSIBLE, "float32", [])], { shape: state.shape });
}

/** The logarithm of 0, in numbers that can be subtracted. */
const IMPOSSIBLE = -1e30;
