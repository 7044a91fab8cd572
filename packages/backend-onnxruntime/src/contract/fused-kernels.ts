import type { Tensor } from "@tensorflow/tfjs-core";
import type {
  AdadeltaAttributes,
  AdagradAttributes,
  AdamaxAttributes,
  AsgdAttributes,
  NadamAttributes,
  RadamAttributes,
  RmspropAttributes,
  RpropAttributes,
} from "./update-attributes.js";

/** An activation that a fused kernel may apply to its result; its gradient needs only that result (`lit.ReluGrad`). */
export type FusedActivation = "none" | "relu";

/** Spatial attributes of a convolution; arrays have one entry per spatial dimension. */
export interface ConvAttributes {
  readonly stride: readonly number[];
  /** Zeros added before and after each spatial dimension, e.g. `[[1, 1], [1, 1]]`. */
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

export interface PoolAttributes {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
}

/** Numbers that change from step to step; they are inputs of the graph and never part of its key. */
export interface SgdAttributes {
  readonly lr: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  readonly maximize: boolean;
  /** PyTorch's first momentum step copies the gradient (no dampening); there are no `b_i` inputs then. */
  readonly isFirstStep: boolean;
}

export interface AdamAttributes {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** True for AdamW (`p *= 1 - lr * weightDecay`), false for Adam (weight decay is added to the gradient). */
  readonly decoupledWeightDecay: boolean;
  readonly amsgrad: boolean;
  readonly maximize: boolean;
  /** `1 - beta1 ** step` and `1 - beta2 ** step`, step counted from 1. */
  readonly biasCorrection1: number;
  readonly biasCorrection2: number;
}

/** An optimizer's step over lists of parameters: inputs p_i, g_i and so on. */
interface ListUpdate<TAttributes> {
  inputs: Record<string, Tensor>;
  attrs: TAttributes & { count: number };
  outputs: string[];
}

/**
 * The fused kernels of lightning-ts: what a training step repeats for every layer or parameter, as one kernel each.
 * `core` records them and holds their gradients and composites; an engine that knows them lowers them.
 *
 * Shapes use PyTorch's layout: images are NCHW (NCL in one dimension, NCDHW in three), linear weights `[out, in]`,
 * convolution weights `[out, in / groups, ...kernel]`. Inputs named `name?` may be absent.
 * Kernels over lists take `p0, p1, …` and so on as inputs; `count` says how many. Everything is float32 but targets,
 * indices and seeds (int32). Every output may be empty (an empty batch), and outputs that nobody reads cost nothing.
 * Attributes are structural (part of a compiled graph's key) unless they are called runtime numbers.
 */
export interface FusedKernels {
  /** y = activation(x · weightᵀ + bias). x [..., in], weight [out, in], bias [out] -> y [..., out]. */
  "lit.Linear": {
    inputs: { x: Tensor; weight: Tensor; bias?: Tensor };
    attrs: { activation: FusedActivation };
    outputs: ["y"];
  };
  /**
   * Gradients of lit.Linear in weight and bias, before the activation. x [..., in], dy [..., out] -> dweight [out, in],
   * dbias [out]. (The gradient in x is lit.MatMul of dy and weight.)
   */
  "lit.LinearWeightGrad": {
    inputs: { x: Tensor; dy: Tensor };
    attrs: Record<string, never>;
    outputs: ["dweight", "dbias"];
  };
  /**
   * Gradient of gathering rows of a table: rows of dy [..., D] are added at indices [...] (int32) -> [rows, D].
   * `paddingIndex` (-1: none) gets zero.
   */
  "lit.EmbeddingGrad": {
    inputs: { dy: Tensor; indices: Tensor };
    attrs: { rows: number; paddingIndex: number };
    outputs: ["dtable"];
  };
  /** a · b with optional transposes of the last two dimensions and a factor. Batch dimensions broadcast. */
  "lit.MatMul": {
    inputs: { a: Tensor; b: Tensor };
    attrs: { transposeA: boolean; transposeB: boolean; alpha: number };
    outputs: ["y"];
  };

  /**
   * Cross-correlation, as PyTorch's conv1d, conv2d and conv3d. x [N, Ci, ...], weight [Co, Ci / groups, ...k], bias
   * [Co] -> y [N, Co, ...].
   */
  "lit.Conv": { inputs: { x: Tensor; weight: Tensor; bias?: Tensor }; attrs: ConvAttributes; outputs: ["y"] };
  /**
   * Gradient of lit.Conv in x. dy, weight -> dx of shape `inputShape`.
   * It is also the forward of PyTorch's conv_transpose: x is dy, the weight is used as it is, `inputShape` is the
   * output's shape.
   */
  "lit.ConvInputGrad": {
    inputs: { dy: Tensor; weight: Tensor };
    attrs: ConvAttributes & { inputShape: readonly number[] };
    outputs: ["dx"];
  };
  /** Gradient of lit.Conv in weight. x, dy -> dw of shape `weightShape`. */
  "lit.ConvWeightGrad": {
    inputs: { x: Tensor; dy: Tensor };
    attrs: ConvAttributes & { weightShape: readonly number[] };
    outputs: ["dw"];
  };

  /** x [N, C, ...] -> y; padding counts as -Infinity. */
  "lit.MaxPool": { inputs: { x: Tensor }; attrs: PoolAttributes & { dilation: readonly number[] }; outputs: ["y"] };
  /**
   * Gradient of lit.MaxPool; of tied values in a window the first gets it, as in PyTorch (ties of zero after a ReLU may
   * share it).
   */
  "lit.MaxPoolGrad": {
    inputs: { dy: Tensor; x: Tensor; y: Tensor };
    attrs: PoolAttributes & { dilation: readonly number[] };
    outputs: ["dx"];
  };
  "lit.AvgPool": { inputs: { x: Tensor }; attrs: PoolAttributes & { countIncludePad: boolean }; outputs: ["y"] };
  "lit.AvgPoolGrad": {
    inputs: { dy: Tensor };
    attrs: PoolAttributes & { countIncludePad: boolean; inputShape: readonly number[] };
    outputs: ["dx"];
  };

  /**
   * Normalizes each channel over batch and space; variance is the biased one. x [N, C, ...], weight/bias [C] -> y, mean
   * [C], variance [C].
   */
  "lit.BatchNorm": {
    inputs: { x: Tensor; weight?: Tensor; bias?: Tensor };
    attrs: { eps: number };
    outputs: ["y", "mean", "variance"];
  };
  "lit.BatchNormGrad": {
    inputs: { dy: Tensor; x: Tensor; weight?: Tensor; mean: Tensor; variance: Tensor };
    attrs: { eps: number };
    outputs: ["dx", "dweight", "dbias"];
  };
  /** Evaluation mode: statistics are inputs. */
  "lit.BatchNormInference": {
    inputs: { x: Tensor; weight?: Tensor; bias?: Tensor; mean: Tensor; variance: Tensor };
    attrs: { eps: number };
    outputs: ["y"];
  };
  /**
   * Running statistics [C] with a batch's in them, those of `momentum` of the whole. `correction` makes the variance of
   * a batch the one that is kept: count / (count - 1) for the unbiased one.
   */
  "lit.RunningStatistics": {
    inputs: { runningMean: Tensor; runningVariance: Tensor; mean: Tensor; variance: Tensor };
    attrs: { momentum: number; correction: number };
    outputs: ["mean", "variance"];
  };

  /** Normalizes over the last `dims` dimensions. -> y, mean and inverse deviation with those dimensions kept as 1. */
  "lit.LayerNorm": {
    inputs: { x: Tensor; weight?: Tensor; bias?: Tensor };
    attrs: { dims: number; eps: number };
    outputs: ["y", "mean", "invStd"];
  };
  "lit.LayerNormGrad": {
    inputs: { dy: Tensor; x: Tensor; weight?: Tensor; mean: Tensor; invStd: Tensor };
    attrs: { dims: number; eps: number };
    outputs: ["dx", "dweight", "dbias"];
  };

  /** Elementwise; `tanh` is the approximation. */
  "lit.Gelu": { inputs: { x: Tensor }; attrs: { approximate: "none" | "tanh" }; outputs: ["y"] };
  "lit.GeluGrad": { inputs: { dy: Tensor; x: Tensor }; attrs: { approximate: "none" | "tanh" }; outputs: ["dx"] };
  /** dx = dy where y > 0. */
  "lit.ReluGrad": { inputs: { dy: Tensor; y: Tensor }; attrs: Record<string, never>; outputs: ["dx"] };
  /** x, but at least minVal and at most maxVal; NaN stays. */
  "lit.Hardtanh": { inputs: { x: Tensor }; attrs: Limits; outputs: ["y"] };
  /** dx = 0 where y is at most minVal or at least maxVal, whatever dy is; dy elsewhere. */
  "lit.HardtanhGrad": { inputs: { dy: Tensor; y: Tensor }; attrs: Limits; outputs: ["dx"] };
  /** dx = 0 where x is at most -3, dy where it is at least 3, dy · (x / 3 + 1/2) elsewhere. */
  "lit.HardswishGrad": { inputs: { dy: Tensor; x: Tensor }; attrs: Record<string, never>; outputs: ["dx"] };

  /**
   * logits [N, C], target int32 [N] -> loss (scalar for mean and sum, [N] for none), logProbs [N, C].
   * Rows whose target is `ignoreIndex` count neither in the loss nor in the mean's divisor.
   */
  "lit.CrossEntropy": {
    inputs: { logits: Tensor; target: Tensor };
    attrs: CrossEntropyAttributes;
    outputs: ["loss", "logProbs"];
  };
  "lit.CrossEntropyGrad": {
    inputs: { dloss: Tensor; logProbs: Tensor; target: Tensor };
    attrs: CrossEntropyAttributes;
    outputs: ["dlogits"];
  };

  /**
   * softmax(scale · q·kᵀ + causal mask) · v. q [B, H, T, D], k [B, H, S, D], v [B, H, S, E] -> y [B, H, T, E], probs
   * [B, H, T, S]. `causal` lets query t see keys 0..t, as PyTorch's is_causal. More leading dimensions than [B, H], or
   * fewer, are fine.
   */
  "lit.Attention": {
    inputs: { q: Tensor; k: Tensor; v: Tensor };
    attrs: { scale: number; causal: boolean };
    outputs: ["y", "probs"];
  };
  "lit.AttentionGrad": {
    inputs: { dy: Tensor; q: Tensor; k: Tensor; v: Tensor; probs: Tensor };
    attrs: { scale: number; causal: boolean };
    outputs: ["dq", "dk", "dv"];
  };
  /**
   * lit.Attention of every head with itself, from one projection: qkv [..., T, 3 · C] holds query, key and value side
   * by side, each with its heads side by side (C = heads · D) -> y [..., T, C], probs [..., heads, T, T].
   */
  "lit.SelfAttention": { inputs: { qkv: Tensor }; attrs: SelfAttentionAttributes; outputs: ["y", "probs"] };
  "lit.SelfAttentionGrad": {
    inputs: { dy: Tensor; qkv: Tensor; probs: Tensor };
    attrs: SelfAttentionAttributes;
    outputs: ["dqkv"];
  };

  /**
   * The recursion of CTC in logarithms, over a whole sequence: state s of a step is log Σ exp of state s, state s - 1
   * and state s - 2 plus `skips` of the step before, plus the step's emission; -1e30 stands for the logarithm of 0.
   * emissions [T, N, S], skips and start [N, S]; of sequence n only the first `lengths[n]` steps (int32 [N]) count, the
   * states stay as they are in the others. `reverse` goes from the last step to the first. -> states [T, N, S], last
   * [N, S].
   */
  "lit.CtcStates": {
    inputs: { emissions: Tensor; skips: Tensor; start: Tensor; lengths: Tensor };
    attrs: { reverse: boolean };
    outputs: ["states", "last"];
  };

  /**
   * A recurrent layer in one direction over a whole sequence, by PyTorch's formulas, gates in PyTorch's order. x [T,
   * B, I], weightIh [G · H, I], weightHh [G · H, P], both biases [G · H], h0 [B, P]; an LSTM has c0 [B, H], and with
   * a projection weightHr [P, H] (P = H without). Of sequence b only the first `lengths[b]` steps (int32 [B]) count:
   * states stay as they are in the others, and y is 0 there. -> y [T, B, P], hN [B, P], an LSTM's cN [B, H], and with
   * `saves` what the gradient needs, all [T, ..., B]: of an LSTM gates (i, f, o), g and the cells before each step;
   * of a GRU gates (r, z), n, the states before each step and the hidden part of n; of an RNN the new states.
   */
  "lit.Recurrent": {
    inputs: {
      x: Tensor;
      weightIh: Tensor;
      weightHh: Tensor;
      biasIh?: Tensor;
      biasHh?: Tensor;
      weightHr?: Tensor;
      h0: Tensor;
      c0?: Tensor;
      lengths?: Tensor;
    };
    attrs: RecurrentAttributes;
    outputs: string[];
  };
  /**
   * Gradients of lit.Recurrent. `saved0, saved1, …` are what it saved; of dy, dhN and dcN at least one is there; cN
   * is an LSTM's. -> dx, dweightIh, dweightHh, dbiasIh, dbiasHh, dh0, then of an LSTM dc0, and dweightHr with a
   * projection.
   */
  "lit.RecurrentGrad": {
    inputs: FusedKernels["lit.Recurrent"]["inputs"] & {
      dy?: Tensor;
      dhN?: Tensor;
      dcN?: Tensor;
      y: Tensor;
      cN?: Tensor;
      saved0: Tensor;
      saved1?: Tensor;
      saved2?: Tensor;
      saved3?: Tensor;
    };
    attrs: RecurrentAttributes;
    outputs: string[];
  };

  /**
   * y = x · m, m = float32(1 / (1 - p)) where element i (row-major) is kept and 0 elsewhere. seed is int32 [2].
   * Kept means `bits(i, seed) >>> 8 >= p · 2^24`, with
   * `h = i * (seed[1] | 1) + seed[0]; h = (h ^ h >>> 16) * 0x21f0aaad; h = (h ^ h >>> 15) * 0x735a2d97; bits = h ^ h
   * >>> 15`, all in uint32 (Math.imul). Every call must have a fresh random seed. The gradient is the same kernel with
   * the same seed applied to dy.
   */
  "lit.Dropout": { inputs: { x: Tensor; seed: Tensor }; attrs: { p: number }; outputs: ["y"] };
  /** float32 in [0, 1): `bits(i, seed) >>> 8` / 2^24 of the same generator. */
  "lit.RandomUniform": { inputs: { seed: Tensor }; attrs: { shape: readonly number[] }; outputs: ["y"] };

  /**
   * Inputs p_i, g_i and, with momentum ≠ 0 after the first step, b_i -> new p_i..., then, with momentum ≠ 0, new
   * b_i.... torch.optim.SGD's formula. lr, momentum, dampening and weightDecay are runtime numbers (but whether
   * momentum and weightDecay are 0 is structural).
   */
  "lit.SgdUpdate": { inputs: Record<string, Tensor>; attrs: SgdAttributes & { count: number }; outputs: string[] };
  /**
   * Inputs p_i, g_i, m_i, v_i and, with amsgrad, x_i -> new p..., m..., v...(, x...). torch.optim.Adam's and AdamW's
   * formula. Numbers are runtime numbers (but whether weightDecay is 0 is structural), booleans are structural.
   */
  "lit.AdamUpdate": { inputs: Record<string, Tensor>; attrs: AdamAttributes & { count: number }; outputs: string[] };
  /** Inputs p, g, v (, b with momentum) (, a where centered) -> new p..., v...(, b...)(, a...). torch.optim.RMSprop. */
  "lit.RmspropUpdate": ListUpdate<RmspropAttributes>;
  /** Inputs p, g, s -> new p..., s.... torch.optim.Adagrad. */
  "lit.AdagradUpdate": ListUpdate<AdagradAttributes>;
  /** Inputs p, g, v, d -> new p..., v..., d.... torch.optim.Adadelta. */
  "lit.AdadeltaUpdate": ListUpdate<AdadeltaAttributes>;
  /** Inputs p, g, m, v -> new p..., m..., v.... torch.optim.NAdam. */
  "lit.NadamUpdate": ListUpdate<NadamAttributes>;
  /** Inputs p, g, m, v -> new p..., m..., v.... torch.optim.RAdam. */
  "lit.RadamUpdate": ListUpdate<RadamAttributes>;
  /** Inputs p, g, m, u -> new p..., m..., u.... torch.optim.Adamax. */
  "lit.AdamaxUpdate": ListUpdate<AdamaxAttributes>;
  /** Inputs p, g, a -> new p..., a.... torch.optim.ASGD. */
  "lit.AsgdUpdate": ListUpdate<AsgdAttributes>;
  /** Inputs p, g, r (the gradient before), s -> new p..., r..., s.... torch.optim.Rprop. */
  "lit.RpropUpdate": ListUpdate<RpropAttributes>;
  /**
   * Inputs x0_i, x1_i, … (float32, `lists` lists of `count`) -> the mean of x0_i, x1_i, … for each i: their sum in this
   * order, times 1 / lists. Computed only where somebody reads it; an update takes the lists themselves.
   */
  "lit.MeanOfLists": { inputs: Record<string, Tensor>; attrs: { lists: number; count: number }; outputs: string[] };
  /** Inputs g_i -> scalar: the 2-norm over all of them (`norm: Infinity` is the largest magnitude). */
  "lit.GradNorm": { inputs: Record<string, Tensor>; attrs: { norm: number; count: number }; outputs: ["norm"] };
  /**
   * Adds a batch's right and wrong answers, one of C classes each, to those before it. preds classes int32 [N], or
   * scores [N, C]: the target is the answer where less than `topK` scores are higher (or equal, of classes before it),
   * else the class with the highest is (the first of several; NaN is higher than all). target int32 [N]; tally int32
   * [4, C]: answers met, given, wanted, and rows; range float32 [4]: the largest and the negated smallest target, then
   * the same of preds where they are classes, of target again where they are scores. With `ignores`, rows whose
   * target is `ignoreIndex` count nowhere, and are targets of 0 in the range. N > 0. -> new tally (, new range)
   */
  "lit.ClassTally": {
    inputs: { preds: Tensor; target: Tensor; tally: Tensor; range?: Tensor };
    attrs: { topK: number; ignores: boolean; ignoreIndex: number };
    outputs: string[];
  };
  /**
   * The same of L answers of yes or no in each row: preds [N, L] are scores (float32; if any is outside 0 … 1, the
   * sigmoid of all is taken), a yes above the float32 `threshold`, or answers (int32); target int32 [N, L]; tally int32
   * [4, L].
   */
  "lit.LabelTally": {
    inputs: { preds: Tensor; target: Tensor; tally: Tensor; range?: Tensor };
    attrs: { threshold: number; ignores: boolean; ignoreIndex: number };
    outputs: string[];
  };
  /** Inputs g_i, norm -> g_i · min(1, maxNorm / (norm + 1e-6)). maxNorm is a runtime number. */
  "lit.ClipByNorm": { inputs: Record<string, Tensor>; attrs: { maxNorm: number; count: number }; outputs: string[] };
}

export interface Limits {
  readonly minVal: number;
  readonly maxVal: number;
}

export interface RecurrentAttributes {
  readonly cell: "lstm" | "gru" | "tanh" | "relu";
  /** From the last step to the first. */
  readonly reverse: boolean;
  /** Whether there will be a gradient. */
  readonly saves: boolean;
}

export interface SelfAttentionAttributes {
  readonly heads: number;
  readonly scale: number;
  readonly causal: boolean;
}

export interface CrossEntropyAttributes {
  readonly reduction: "mean" | "sum" | "none";
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
}

export type FusedKernelName = keyof FusedKernels;
