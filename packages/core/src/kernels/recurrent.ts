import type { RecurrentAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { compositeGradients } from "../autograd/composite-gradients.js";
import { findKernel } from "../tensor/engine-internals/kernels.js";
import { isRecording } from "../tensor/engine-internals/tape.js";
import { tf } from "../tensor/tf.js";
import { computedOnce } from "./computed-once.js";
import { firstOf, requested, type FusedInputs, type FusedKernel } from "./fused-kernel.js";
import { recurrentSteps } from "./recurrent-steps.js";
import { runFused } from "./run-fused.js";

type RecurrentInputs = FusedInputs<"lit.Recurrent">;

export const recurrent: FusedKernel<"lit.Recurrent"> = {
  name: "lit.Recurrent",
  composite: recurrentSteps,
  gradient: {
    holds: ["x", "weightIh", "weightHh", "weightHr", "h0", "lengths"],
    holdsOutputs: ({ cell }) => (cell === "lstm" ? [0, 2, 3, 4, 5] : cell === "gru" ? [0, 2, 3, 4, 5] : [0, 2]),
    isDifferentiable: false,
    takes: 3,
    compute: ({ dys, inputs, outputs, attrs }) => {
      const all = computedOnce(() => runFused(recurrentGrad, gradientInputs(inputs, outputs, dys, attrs), attrs));
      const at = (index: number) => () => firstOf(all().slice(index));
      const isLstm = attrs.cell === "lstm";
      return {
        x: at(0),
        weightIh: at(1),
        weightHh: at(2),
        biasIh: at(3),
        biasHh: at(4),
        h0: at(5),
        c0: at(6),
        weightHr: at(isLstm ? 7 : 6),
      };
    },
  },
};

export const recurrentGrad: FusedKernel<"lit.RecurrentGrad"> = {
  name: "lit.RecurrentGrad",
  composite: ({ dy, dhN, dcN, x, weightIh, weightHh, weightHr, h0, c0, lengths, ...biases }, attrs) => {
    const noBias = tf.zeros([weightIh.shape[0] ?? 0]);
    const { biasIh = noBias, biasHh = tf.zerosLike(noBias) } = biases;
    const inputs = { x, weightIh, weightHh, biasIh, biasHh, h0, ...present({ c0, weightHr }) };
    return requested(
      compositeGradients(
        () => recurrentSteps({ ...inputs, ...present({ lengths }) }, { ...attrs, saves: false }),
        inputs,
        [dy ?? null, dhN ?? null, dcN ?? null],
      ),
    );
  },
};

/** Runs one layer in one direction. -> y [T, B, P], hN [B, P] and an LSTM's cN [B, H] */
export function runRecurrent(inputs: RecurrentInputs, attrs: Omit<RecurrentAttributes, "saves">): Tensor[] {
  const saves = isRecording() && findKernel("lit.Recurrent") !== undefined;
  return runFused(recurrent, inputs, { ...attrs, saves }).slice(0, attrs.cell === "lstm" ? 3 : 2);
}

function gradientInputs(
  inputs: RecurrentInputs,
  outputs: readonly Tensor[],
  [dy, dhN, dcN]: readonly (Tensor | null)[],
  { cell }: RecurrentAttributes,
) {
  const [y, , ...rest] = outputs;
  const [cN, saved] = cell === "lstm" ? [rest[0], rest.slice(1)] : [undefined, rest];
  const [saved0, saved1, saved2, saved3] = saved;
  if (y === undefined || saved0 === undefined) throw new RangeError("lit.Recurrent saved nothing for its gradient");
  return {
    ...inputs,
    y,
    saved0,
    ...present({
      dy: dy ?? undefined,
      dhN: dhN ?? undefined,
      dcN: cell === "lstm" ? (dcN ?? undefined) : undefined,
      cN,
      saved1,
      saved2,
      saved3,
    }),
  };
}

/** Without what is not there. */
function present<TName extends string>(
  tensors: Readonly<Record<TName, Tensor | undefined>>,
): {
  [TKey in TName]?: Tensor;
} {
  const found: { [TKey in TName]?: Tensor } = {};
  for (const name in tensors) {
    const tensor = tensors[name];
    if (tensor !== undefined) found[name] = tensor;
  }
  return found;
}
