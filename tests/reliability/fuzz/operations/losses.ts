import { add, broadcastTo, mul, reshape, scale, shift, sub, div } from "../reference/arithmetic.js";
import { Bounded, pullBack } from "../reference/bounded.js";
import { unary } from "../reference/elementwise.js";
import { FUNCTIONS } from "../reference/functions.js";
import { gatherBy } from "../reference/index-maps.js";
import { allAxes, logSoftmax, mean, sum } from "../reference/reductions.js";
import type { ValueKind } from "../program/values.js";
import type { Draw } from "../program/draw.js";
import type { Operation } from "./operation.js";

type Reduction = "mean" | "sum" | "none";
const PYTORCH = "PyTorch's gradient at special points was chosen, and tfjs' cpu backend adds rounded parts";
const LOGITS: readonly ValueKind[] = ["normal", "zeros", "ones", "whole", "offset", "tenths", "finiteSpecial"];

function drawReduction(draw: Draw): Reduction {
  return draw.tape.pick(["mean", "sum", "none"] as const);
}

function reduced(losses: Bounded, reduction: Reduction): Bounded {
  return reduction === "none"
    ? losses
    : reduction === "sum"
      ? sum(losses, allAxes(losses))
      : mean(losses, allAxes(losses));
}

interface Pairwise {
  readonly name: string;
  readonly options?: string;
  readonly kinds: readonly ValueKind[];
  readonly targets: readonly ValueKind[];
  readonly loss: (input: Bounded, target: Bounded) => Bounded;
}

/** A loss of every element and its target. */
function pairwise({ name, options = "", kinds, targets, loss }: Pairwise): Operation {
  return (draw) => {
    const input = draw.input({ rank: [1, 3], kinds, isFresh: true });
    const target =
      draw.tape.below(4) === 3 && name !== "binaryCrossEntropy"
        ? input
        : draw.input({ shape: input.shape, kinds: targets, isFresh: true });
    const reduction = drawReduction(draw);
    return {
      name: `F.${name}`,
      code: `F.${name}($0, $1, { reduction: "${reduction}"${options} })`,
      inputs: [input.index, target.index],
      shape: reduction === "none" ? input.shape : [],
      dtype: "float32",
      cpuDiffers: PYTORCH,
      reference: ([x, y]) => reduced(loss(x!, y!), reduction),
    };
  };
}

/** The gradient of log(p), which PyTorch's binary cross-entropy divides by at least 1e-12. */
function clampedLog(p: Bounded): Bounded {
  return unary(p, { f: (v) => Math.max(Math.log(v), -100), slope: (v) => 1 / Math.max(v, 1e-12), ulps: 3 });
}

function bce(p: Bounded, t: Bounded): Bounded {
  const rest = shift(scale(p, -1), 1);
  const losses = scale(add(mul(t, clampedLog(p)), mul(shift(scale(t, -1), 1), clampedLog(rest))), -1);
  // (p - t) / max(p (1 - p), 1e-12), in this form also where p is saturated.
  return new Bounded(losses.shape, losses.values, losses.errors, [p, t], (gradient) => {
    const values = Float64Array.from(
      p.values,
      (v, i) => (gradient.values[i]! * (v - t.values[i]!)) / Math.max(v * (1 - v), 1e-12),
    );
    const errors = Float64Array.from(p.values, (v, i) => {
      const scaleOf = Math.abs(gradient.values[i]!) / Math.max(v * (1 - v), 1e-12);
      return (
        scaleOf * (Math.abs(v) + Math.abs(t.values[i]!)) * 2 ** -20 +
        (gradient.errors?.[i] ?? 0) * Math.abs((v - t.values[i]!) / Math.max(v * (1 - v), 1e-12))
      );
    });
    return [{ values, errors }, pullBack(losses, gradient, [t])[0]];
  });
}

const withLogits =
  (hasWeight: boolean): Operation =>
  (draw) => {
    const input = draw.input({ rank: [1, 3], kinds: LOGITS, isFresh: true });
    const target = draw.input({ shape: input.shape, kinds: ["bit", "probability"], isFresh: true });
    const weight = hasWeight
      ? draw.input({ shape: draw.tape.pick([[], input.shape.slice(-1)]), kinds: ["positive"], isFresh: true })
      : undefined;
    const reduction = drawReduction(draw);
    return {
      name: `F.binaryCrossEntropyWithLogits${hasWeight ? " posWeight" : ""}`,
      code: `F.binaryCrossEntropyWithLogits($0, $1, { reduction: "${reduction}"${hasWeight ? ", posWeight: $2" : ""} })`,
      inputs: [input.index, target.index, ...(weight === undefined ? [] : [weight.index])],
      shape: reduction === "none" ? input.shape : [],
      dtype: "float32",
      cpuDiffers: PYTORCH,
      reference: ([x, t, w]) => {
        const softplus = unary(x!, {
          f: (v) => Math.max(-v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
          slope: (v) => -1 / (1 + Math.exp(v)),
          ulps: 8,
          slopeScale: () => 1,
        });
        const factor = w === undefined ? undefined : shift(mul(broadcastTo(shift(w, -1), x!.shape), t!), 1);
        const losses = add(mul(shift(scale(t!, -1), 1), x!), factor === undefined ? softplus : mul(softplus, factor));
        return reduced(losses, reduction);
      },
    };
  };

/** logits [N, C] or [N, C, d], class numbers, some of them ignored. */
const crossEntropy =
  (isOfProbabilities: boolean): Operation =>
  (draw) => {
    const classes = draw.tape.pick(
      [3, 2, 7, 10, 65, 257, 1009].filter((count) => count <= Math.max(3, draw.budget / 3)),
    );
    const count = Math.max(
      1,
      Math.floor(draw.budget / classes) - draw.tape.below(Math.max(1, Math.floor(draw.budget / classes / 2))),
    );
    const isLong = !isOfProbabilities && draw.tape.below(3) === 2;
    const [batch, length] = isLong ? [Math.max(1, Math.floor(count / 5)), 5] : [count, 1];
    const logits = draw.input({
      shape: isLong ? [batch, classes, length] : [batch, classes],
      kinds: LOGITS,
      isFresh: true,
    });
    const ignoreIndex = draw.tape.pick([-100, 0]);
    const target = draw.indices(isLong ? [batch, length] : [batch], classes);
    const smoothing = isOfProbabilities ? 0 : draw.tape.pick([0, 0.1]);
    const reduction = drawReduction(draw);
    const name = isOfProbabilities ? "nllLoss" : "crossEntropy";
    return {
      name: `F.${name}`,
      code: `F.${name}($0, $1, { reduction: "${reduction}", ignoreIndex: ${ignoreIndex}${isOfProbabilities ? "" : `, labelSmoothing: ${smoothing}`} })`,
      inputs: [logits.index, target.index],
      shape: reduction === "none" ? target.shape : [],
      dtype: "float32",
      cpuDiffers: PYTORCH,
      reference: ([x, t]) => {
        const logProbs = isOfProbabilities ? x! : logSoftmax(x!, 1);
        const isIgnored = (i: number): boolean => t!.values[i] === ignoreIndex;
        const at = Int32Array.from({ length: batch * length }, (_, i) =>
          isIgnored(i) ? -1 : (Math.floor(i / length) * classes + t!.values[i]!) * length + (i % length),
        );
        const hard = scale(gatherBy(logProbs, at, t!.shape), -1);
        const counted = new Bounded(
          t!.shape,
          Float64Array.from(t!.values, (_, i) => (isIgnored(i) ? 0 : 1)),
        );
        // -100 · 0 of an ignored row with infinite log-probabilities is not asked for: rows are selected, not
        // multiplied.
        const smooth = scale(
          sum(
            gatherBy(
              logProbs,
              Int32Array.from({ length: logProbs.size }, (_, i) =>
                isIgnored(Math.floor(i / (classes * length)) * length + (i % length)) ? -1 : i,
              ),
              logProbs.shape,
            ),
            [1],
          ),
          -smoothing / classes,
        );
        const losses = smoothing === 0 ? hard : add(scale(hard, 1 - smoothing), reshape(smooth, t!.shape));
        const result =
          reduction === "mean"
            ? div(sum(losses, allAxes(losses)), sum(counted, allAxes(counted)))
            : reduced(losses, reduction);
        return new Bounded(result.shape, result.values, result.errors, [result, t!], (gradient) => [
          gradient,
          undefined,
        ]);
      },
    };
  };

const LOSS_KINDS: readonly ValueKind[] = ["normal", "zeros", "ones", "whole", "offset", "tenths"];

export const LOSSES: readonly Operation[] = [
  pairwise({
    name: "mseLoss",
    kinds: LOSS_KINDS,
    targets: LOSS_KINDS,
    loss: (x, y) => {
      const d = sub(x, y);
      return mul(d, d);
    },
  }),
  pairwise({ name: "l1Loss", kinds: LOSS_KINDS, targets: LOSS_KINDS, loss: (x, y) => unary(sub(x, y), FUNCTIONS.abs) }),
  pairwise({
    name: "smoothL1Loss",
    kinds: LOSS_KINDS,
    targets: LOSS_KINDS,
    loss: (x, y) =>
      unary(sub(x, y), {
        f: (d) => (Math.abs(d) < 1 ? 0.5 * d * d : Math.abs(d) - 0.5),
        slope: (d) => (Math.abs(d) < 1 ? d : Math.sign(d)),
        ulps: 2,
      }),
  }),
  pairwise({
    name: "smoothL1Loss",
    options: ", beta: 0",
    kinds: LOSS_KINDS,
    targets: LOSS_KINDS,
    loss: (x, y) => unary(sub(x, y), FUNCTIONS.abs),
  }),
  pairwise({ name: "binaryCrossEntropy", kinds: ["probability", "bit"], targets: ["bit", "probability"], loss: bce }),
  withLogits(false),
  withLogits(true),
  crossEntropy(false),
  crossEntropy(true),
];
