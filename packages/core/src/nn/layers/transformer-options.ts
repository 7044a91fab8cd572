import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { gelu } from "../functional/activations.js";
import { linear } from "../functional/linear.js";
import type { Module } from "../module.js";
import { checkCount } from "../size.js";
import type { Linear } from "./linear.js";

/** The activation of a feed-forward block. */
export type TransformerActivation = "relu" | "gelu" | ((x: tf.Tensor) => tf.Tensor);

export interface TransformerLayerOptions {
  /** Width of the feed-forward block. @default 2048 */
  readonly dimFeedforward?: number | undefined;
  /** Dropout behind attention and feed-forward, and of the attention weights. @default 0.1 */
  readonly dropout?: number | undefined;
  /** @default "relu" */
  readonly activation?: TransformerActivation | undefined;
  /** @default 1e-5 */
  readonly layerNormEps?: number | undefined;
  /** Whether sequences are [N, T, dModel] instead of [T, N, dModel]. @default false */
  readonly batchFirst?: boolean | undefined;
  /** Normalizes what goes into attention and feed-forward, instead of what comes out. @default false */
  readonly normFirst?: boolean | undefined;
  /** Whether linear layers, attention and norms have biases. @default true */
  readonly bias?: boolean | undefined;
}

export const LAYER_OPTIONS: readonly string[] = [
  "dimFeedforward",
  "dropout",
  "activation",
  "layerNormEps",
  "batchFirst",
  "normFirst",
  "bias",
];

/** Options of a layer with all defaults. @throws MisconfigurationError */
export function resolveLayerOptions(
  owner: string,
  options: TransformerLayerOptions,
): { readonly [TKey in keyof TransformerLayerOptions]-?: Exclude<TransformerLayerOptions[TKey], undefined> } {
  checkOptions(owner, options, LAYER_OPTIONS);
  const { dimFeedforward = 2048, activation = "relu" } = options;
  checkCount(dimFeedforward, "dimFeedforward");
  if (activation !== "relu" && activation !== "gelu" && typeof activation !== "function")
    throw new MisconfigurationError({
      message: `${owner} has no such activation.`,
      expected: '"relu", "gelu" or a function',
      received: JSON.stringify(activation),
    });
  return {
    dimFeedforward,
    activation,
    dropout: options.dropout ?? 0.1,
    layerNormEps: options.layerNormEps ?? 1e-5,
    batchFirst: options.batchFirst ?? false,
    normFirst: options.normFirst ?? false,
    bias: options.bias ?? true,
  };
}

/** The first half of a feed-forward block; a ReLU is part of the product's kernel. */
export function expand(x: tf.Tensor, layer: Linear, activation: TransformerActivation): tf.Tensor {
  if (activation === "relu") return linear(x, layer.weight, layer.bias, { activation: "relu" });
  const sum = layer.forward(x);
  return activation === "gelu" ? gelu(sum) : activation(sum);
}

/** Copies all parameters' values from one module to another of the same form. */
export function copyParameters(from: Module, to: Module): void {
  const values = new Map(from.namedParameters());
  for (const [name, parameter] of to.namedParameters()) {
    const source = values.get(name);
    if (source !== undefined) parameter.setData(source.hostValues() ?? source.dataSync());
  }
}

/** @throws MisconfigurationError for what callers without types put in a layer's place */
function requireCloneable(layer: unknown): void {
  if (typeof layer === "object" && layer !== null && "clone" in layer) return;
  throw new MisconfigurationError({
    message: "A transformer's stack takes the layer that it consists of first.",
    expected: "such as new nn.TransformerEncoderLayer(512, 8), or a module of your own with clone()",
    received: describeValue(layer),
  });
}

/** As many layers as asked for, beginning with the values of the given one, which stays apart. */
export function copiesOf<TLayer extends Module & { clone(): TLayer }>(layer: TLayer, count: number): TLayer[] {
  requireCloneable(layer);
  checkCount(count, "numLayers");
  return Array.from({ length: count }, () => layer.clone());
}
