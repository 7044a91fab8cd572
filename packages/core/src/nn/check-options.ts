import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { tf } from "../tensor/tf.js";

/** What an option has to be. */
interface Kind {
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const flag: Kind = { expected: "true or false", fits: (value) => typeof value === "boolean" };
const number: Kind = { expected: "a number", fits: (value) => typeof value === "number" && !Number.isNaN(value) };
const tensor: Kind = { expected: "a tensor, such as tf.tensor1d([1, 2])", fits: (value) => value instanceof tf.Tensor };
const oneOf = (...words: readonly string[]): Kind => ({
  expected: words.map((word) => JSON.stringify(word)).join(" or "),
  fits: (value) => words.some((word) => word === value),
});

/** The same names mean the same in all layers and functions. What is not here is looked at where it is used. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...[
    ...["affine", "elementwiseAffine", "trackRunningStats", "ceilMode", "returnIndices", "countIncludePad"],
    ...["alignCorners", "recomputeScaleFactor", "antialias", "batchFirst", "bidirectional", "addBiasKv", "addZeroAttn"],
    ...["normFirst", "full", "logInput", "logTarget", "swap", "zeroInfinity", "scaleGradByFreq", "includeLastOffset"],
    ...["keepdim", "isCausal", "tgtIsCausal", "memoryIsCausal", "srcIsCausal", "enableNestedTensor", "maskCheck"],
    ...["headBias", "hard", "training", "needWeights", "averageAttnWeights", "freeze"],
  ].map((name): [string, Kind] => [name, flag]),
  ...[
    ...["eps", "delta", "beta", "margin", "labelSmoothing", "ignoreIndex", "layerNormEps", "dropout", "dropoutP"],
    ...["normType", "maxNorm", "divValue", "blank", "tau", "threshold", "minVal", "maxVal"],
  ].map((name): [string, Kind] => [name, number]),
  ["weight", tensor],
  ["posWeight", tensor],
  ["approximate", oneOf("none", "tanh")],
]);

/** Layers say whether they have a bias, where functions take it, and know a reduction before there is a loss. */
const OF_LAYERS: ReadonlyMap<string, Kind> = new Map([
  ["bias", flag],
  ["reduction", oneOf("mean", "sum", "none", "batchmean")],
]);

/**
 * Throws for an option that is unknown, and for one of another kind than it has to be: a text in the place of a number,
 * which would be computed with, or of a flag, where every text is true.
 * @param owner who takes the options; layers begin with `nn.`
 * @throws MisconfigurationError
 */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  rejectUnknownOptions(owner, options, known);
  for (const [name, value] of Object.entries(options)) {
    const kind = KINDS.get(name) ?? (owner.startsWith("nn.") ? OF_LAYERS.get(name) : undefined);
    if (value === undefined || kind === undefined || kind.fits(value)) continue;
    throw new MisconfigurationError({
      message: `${owner}'s ${name} is not usable.`,
      expected: kind.expected,
      received: describeValue(value),
    });
  }
}
