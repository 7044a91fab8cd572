import type { Tensor } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";

/** The logarithm of 0, in numbers that can be subtracted. */
export const IMPOSSIBLE = -1e30;

export const ctcStates: FusedKernel<"lit.CtcStates"> = {
  name: "lit.CtcStates",
  composite: ({ emissions, skips, start, lengths }, { reverse }) => {
    const steps = tf.unstack(emissions);
    const all = [...steps];
    let state = start;
    for (let i = 0; i < steps.length; i += 1) {
      const t = reverse ? steps.length - 1 - i : i;
      const counts = tf.expandDims(tf.greater(lengths, tf.scalar(t, "int32")), 1);
      const next = advance(state, skips, steps[t] ?? start);
      state = tf.where(tf.broadcastTo(counts, state.shape), next, state);
      all[t] = state;
    }
    return [steps.length === 0 ? tf.zeros(emissions.shape) : tf.stack(all), state];
  },
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: () => {
      throw new MisconfigurationError({
        message: "The CTC loss has no second derivative.",
        expected: "createGraph: false where a CTC loss is differentiated",
        received: "a derivative of its gradient",
      });
    },
  },
};

/** logsumexp over staying, coming from the state before, and from two before, plus the step's emission. */
function advance(state: Tensor, skips: Tensor, emission: Tensor): Tensor {
  const ways = [state, shifted(state, 1), tf.add(shifted(state, 2), skips)];
  const most = ways.reduce((a, b) => tf.maximum(a, b));
  const sum = tf.addN(ways.map((way) => tf.exp(tf.sub(way, most))));
  return tf.add(tf.add(tf.log(sum), most), emission);
}

/** The states moved to the right: impossible ones come in from the left. */
function shifted(state: Tensor, by: number): Tensor {
  const [batch = 0, states = 0] = state.shape;
  const kept = tf.slice(state, [0, 0], [batch, states - by]);
  const before: [number, number][] = [
    [0, 0],
    [by, 0],
  ];
  return tf.pad(kept, before, IMPOSSIBLE);
}
