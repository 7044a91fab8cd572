import type { RecurrentAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedInputs } from "./fused-kernel.js";

type RecurrentInputs = FusedInputs<"lit.Recurrent">;

/** What a cell makes of one step: [B, H] each, and values that its gradient needs. */
interface Step {
  readonly h: Tensor;
  readonly c?: Tensor;
  readonly saved: readonly Tensor[];
}

/** The two parts of the gates, [B, G · H] each: from the input and from the state, biases added. */
interface Gates {
  readonly ofInput: Tensor;
  readonly ofHidden: Tensor;
}

/** All steps of a recurrent layer, one after the other, by PyTorch's formulas: the outputs of `lit.Recurrent`. */
export function recurrentSteps(inputs: RecurrentInputs, { cell, reverse, saves }: RecurrentAttributes): Tensor[] {
  const { x, weightIh, weightHh, biasIh, biasHh, weightHr, lengths } = inputs;
  const [steps = 0, batch = 0, input = 0] = x.shape;
  const projected = withBias(times(tf.reshape(x, [steps * batch, input]), weightIh), biasIh);
  const ofInputs = tf.unstack(tf.reshape(projected, [steps, batch, weightIh.shape[0] ?? 0]));
  const saved: (readonly Tensor[])[] = Array.from({ length: steps }, () => []);
  const ys: Tensor[] = [...ofInputs];
  let [h, c] = [inputs.h0, inputs.c0];
  for (let i = 0; i < steps; i += 1) {
    const t = reverse ? steps - 1 - i : i;
    const gates = { ofInput: ofInputs[t] ?? x, ofHidden: withBias(times(h, weightHh), biasHh) };
    const next = step(cell, gates, h, c);
    const y = weightHr === undefined ? next.h : times(next.h, weightHr);
    const counts = lengths && tf.expandDims(tf.greater(lengths, tf.scalar(t, "int32")), 1);
    saved[t] = next.saved;
    ys[t] = pick(counts, y, tf.zerosLike(y));
    h = pick(counts, y, h);
    if (c !== undefined && next.c !== undefined) c = pick(counts, next.c, c);
  }
  return [tf.stack(ys), h, ...(c === undefined || cell !== "lstm" ? [] : [c]), ...(saves ? stacked(saved) : [])];
}

function step(cell: RecurrentAttributes["cell"], { ofInput, ofHidden }: Gates, h: Tensor, c: Tensor | undefined): Step {
  switch (cell) {
    case "lstm":
      return lstmStep(tf.add(ofInput, ofHidden), c ?? h);
    case "gru":
      return gruStep(tf.split(ofInput, 3, 1), tf.split(ofHidden, 3, 1), h);
    case "tanh":
    case "relu": {
      const sum = tf.add(ofInput, ofHidden);
      const next = cell === "tanh" ? tf.tanh(sum) : tf.relu(sum);
      return { h: next, saved: [next] };
    }
    default:
      throw new RangeError(`There is no recurrent cell ${String(cell satisfies never)}.`);
  }
}

function lstmStep(gates: Tensor, before: Tensor): Step {
  const [i, f, g, o] = tf.split(gates, 4, 1);
  if (i === undefined || f === undefined || g === undefined || o === undefined)
    throw new RangeError("A split into four has four parts.");
  const outer = [i, f, o].map((gate) => tf.sigmoid(gate));
  const [input = i, forget = f, output = o] = outer;
  const inner = tf.tanh(g);
  const c = tf.add(tf.mul(forget, before), tf.mul(input, inner));
  return { h: tf.mul(output, tf.tanh(c)), c, saved: [tf.concat(outer, 1), inner, before] };
}

function gruStep(ofInput: readonly Tensor[], ofHidden: readonly Tensor[], h: Tensor): Step {
  const [inputR = h, inputZ = h, inputN = h] = ofInput;
  const [hiddenR = h, hiddenZ = h, hiddenN = h] = ofHidden;
  const r = tf.sigmoid(tf.add(inputR, hiddenR));
  const z = tf.sigmoid(tf.add(inputZ, hiddenZ));
  const n = tf.tanh(tf.add(inputN, tf.mul(r, hiddenN)));
  return { h: tf.add(n, tf.mul(z, tf.sub(h, n))), saved: [tf.concat([r, z], 1), n, h, hiddenN] };
}

function times(rows: Tensor, weight: Tensor): Tensor {
  return tf.matMul(rows, weight, false, true);
}

function withBias(sum: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? sum : tf.add(sum, bias);
}

function pick(counts: Tensor | undefined, value: Tensor, other: Tensor): Tensor {
  return counts === undefined ? value : tf.where(counts, value, other);
}

/** What each step saved, as the contract has it: [T, units, B]. */
function stacked(saved: readonly (readonly Tensor[])[]): Tensor[] {
  const [first = []] = saved;
  return first.map((_, i) => tf.transpose(tf.stack(saved.flatMap((values) => values[i] ?? [])), [0, 2, 1]));
}
