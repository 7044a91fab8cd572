import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { ctcStates, IMPOSSIBLE } from "./ctc-states.js";
import { embedding, embeddingGrad } from "./embedding.js";
import type { FusedInputs, FusedKernel } from "./fused-kernel.js";
import { runFused, runFusedSingle } from "./run-fused.js";

/** Costs of at least this are those of impossible targets. */
const INFINITE = 1e29;

type CtcInputs = FusedInputs<"core.CtcLoss">;

export const ctcLoss: FusedKernel<"core.CtcLoss"> = {
  name: "core.CtcLoss",
  composite: (inputs, { zeroInfinity }) => {
    const start = atState(inputs, tf.scalar(0, "int32"));
    const [states = start, last = start] = runFused(
      ctcStates,
      { emissions: emissionsOf(inputs), skips: skipsOf(inputs.labels), start, lengths: inputs.inputLengths },
      { reverse: false },
    );
    const ends = tf.mul(inputs.targetLengths, tf.scalar(2, "int32"));
    const isEnd = tf.maximum(atState(inputs, ends), atState(inputs, tf.sub(ends, tf.scalar(1, "int32"))));
    const costs = tf.neg(tf.logSumExp(tf.add(last, isEnd), 1));
    const impossible = tf.fill(costs.shape, zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
    return [tf.where(tf.less(costs, INFINITE), costs, impossible), states, costs];
  },
  gradient: {
    holds: ["logProbs", "labels", "inputLengths", "targetLengths"],
    holdsOutputs: () => [1, 2],
    isDifferentiable: true,
    compute: ({ dy, inputs, outputs: [, forward = dy, costs = dy], attrs: { zeroInfinity } }) => ({
      logProbs: () => gradientOf(inputs, { dy, costs, forward, zeroInfinity }),
    }),
  },
};

/**
 * PyTorch's: exp(logProbs) less the share of all paths that pass each class at each step. It is the gradient for
 * logarithms of probabilities, which cannot move freely.
 */
function gradientOf(
  inputs: CtcInputs,
  { dy, costs, forward, zeroInfinity }: Record<"dy" | "costs" | "forward", Tensor> & { readonly zeroInfinity: boolean },
): Tensor {
  const { logProbs, labels, inputLengths, targetLengths } = inputs;
  const [steps = 0, batch = 0, classes = 0] = logProbs.shape;
  const states = labels.shape[1] ?? 0;
  const emissions = emissionsOf(inputs);
  const ends = tf.mul(targetLengths, tf.scalar(2, "int32"));
  const [backward = forward] = runFused(
    ctcStates,
    {
      emissions: tf.reverse(emissions, 2),
      skips: tf.reverse(skipsAhead(labels), 1),
      start: tf.reverse(atState(inputs, ends), 1),
      lengths: inputLengths,
    },
    { reverse: true },
  );
  const paths = tf.sub(tf.add(forward, tf.reverse(backward, 2)), emissions);
  const shares = tf.exp(tf.add(paths, tf.reshape(costs, [1, batch, 1])));
  const rows = tf.reshape(tf.transpose(shares, [1, 2, 0]), [batch * states, steps]);
  const indices = tf.reshape(rowsOfLabels(labels, classes), [-1]);
  const passed = runFusedSingle(embeddingGrad, { dy: rows, indices }, { rows: batch * classes, paddingIndex: -1 });
  const ofClasses = tf.transpose(tf.reshape(passed, [batch, classes, steps]), [2, 0, 1]);
  const times = tf.reshape(tf.range(0, steps, 1, "int32"), [steps, 1, 1]);
  const isCounted = tf.less(times, tf.reshape(inputLengths, [1, batch, 1]));
  const isPossible = tf.broadcastTo(tf.less(tf.reshape(costs, [1, batch, 1]), INFINITE), logProbs.shape);
  const free = tf.sub(tf.exp(logProbs), ofClasses);
  const known = tf.where(isPossible, free, tf.fill(logProbs.shape, zeroInfinity ? 0 : Number.NaN));
  const gradient = tf.mul(known, tf.reshape(dy, [1, batch, 1]));
  return tf.where(tf.broadcastTo(isCounted, gradient.shape), gradient, tf.zerosLike(gradient));
}

/** The log-probability of each state's label at each step, [T, N, S]. */
function emissionsOf({ logProbs, labels }: CtcInputs): Tensor {
  const [steps = 0, batch = 0, classes = 0] = logProbs.shape;
  const table = tf.reshape(tf.transpose(logProbs, [1, 2, 0]), [batch * classes, steps]);
  const rows = runFusedSingle(embedding, { table, indices: rowsOfLabels(labels, classes) }, { paddingIndex: -1 });
  return tf.maximum(tf.transpose(rows, [2, 0, 1]), IMPOSSIBLE);
}

/** Rows of a table that has all classes of the first example, then of the second, …. */
function rowsOfLabels(labels: Tensor, classes: number): Tensor {
  const [batch = 0] = labels.shape;
  return tf.add(labels, tf.reshape(tf.range(0, batch * classes, classes, "int32"), [batch, 1]));
}

/** 0 at one state of each example, impossible at all others. @param index int32 [N] or [] */
function atState({ labels }: CtcInputs, index: Tensor): Tensor {
  const [, states = 0] = labels.shape;
  const isThere = tf.equal(tf.range(0, states, 1, "int32"), tf.reshape(index, [-1, 1]));
  return tf.broadcastTo(tf.mul(tf.sub(1, tf.cast(isThere, "float32")), IMPOSSIBLE), labels.shape);
}

/** 0 where a state may follow the one two before it: a label that is not the one before. */
function skipsOf(labels: Tensor): Tensor {
  const [batch = 0, states = 0] = labels.shape;
  const [earlier, later] = [
    tf.slice(labels, [0, 0], [batch, states - 2]),
    tf.slice(labels, [0, 2], [batch, states - 2]),
  ];
  const isSame = tf.cast(tf.equal(earlier, later), "float32"); // blanks are always the same
  const before: [number, number][] = [
    [0, 0],
    [2, 0],
  ];
  return tf.mul(tf.pad(isSame, before, 1), IMPOSSIBLE);
}

/** The same seen from the earlier state: 0 where the one two after it may follow. */
function skipsAhead(labels: Tensor): Tensor {
  const [batch = 0, states = 0] = labels.shape;
  const after: [number, number][] = [
    [0, 0],
    [0, 2],
  ];
  return tf.pad(tf.slice(skipsOf(labels), [0, 2], [batch, states - 2]), after, IMPOSSIBLE);
}
