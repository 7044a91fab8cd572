import { readFileSync } from "node:fs";
import { collect, type RecordedCases } from "./recorded-cases.js";

const NN = "packages/core/src/nn/fixtures";

/** The names of a class's arguments in their order, as PyTorch lists them. */
type Arguments = Readonly<Record<string, readonly string[]>>;

interface LayerCase {
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly options: object;
}

interface FunctionCase {
  readonly name: string;
  readonly given: readonly string[];
}

interface RecurrentCase {
  readonly kind: string;
  readonly sizes: readonly unknown[];
  readonly options: object;
}

/** Cases of the parity tests of layers and losses. @param listed what PyTorch's layers take, by their names */
export function recordedLayers(listed: Arguments): RecordedCases {
  const byName: { cases: LayerCase[] } = read("layers-by-name");
  const modules: { cases: LayerCase[] } = read("modules");
  const unusual: { layers: LayerCase[] } = read("unusual-arguments");
  const losses: { cases: { loss: string; options: object }[] } = read("losses");
  const recurrent: { layers: RecurrentCase[]; cells: RecurrentCase[] } = read("recurrent");
  const attention: { multihead: Omit<LayerCase, "layer">[]; modules: { kind: string }[] } = read("attention");
  const more: { layers: LayerCase[]; containers: { layer: string }[] } = read("more-layers");
  const all: LayerCase[] = [
    ...byName.cases,
    ...more.layers,
    ...modules.cases,
    ...unusual.layers,
    ...losses.cases.map(({ loss, options }) => ({ layer: loss, args: [], options })),
    ...[...recurrent.layers, ...recurrent.cells].map(({ kind, sizes, options }) => ({
      layer: kind,
      args: sizes,
      options,
    })),
    ...attention.multihead.map((recorded) => ({ ...recorded, layer: "MultiheadAttention" })),
  ];
  return collect([
    ...all.map(({ layer, args, options }) => {
      const positional = (listed[layer] ?? []).slice(0, args.length);
      return [layer, [...positional, ...Object.keys(options)]] as const;
    }),
    ...more.containers.map(({ layer }) => [layer, listed[layer] ?? []] as const),
    ...attention.modules.flatMap(({ kind }) => TRANSFORMERS.get(kind) ?? []),
  ]);
}

/** What the modules of `attention.parity.test.ts` are made with. */
const SMALL = ["dModel", "nhead", "dimFeedforward", "dropout"];
const TRANSFORMERS = new Map<string, (readonly [name: string, options: readonly string[]])[]>([
  ["encoderLayer", [["TransformerEncoderLayer", SMALL]]],
  ["encoderLayer normFirst gelu", [["TransformerEncoderLayer", [...SMALL, "normFirst", "activation", "batchFirst"]]]],
  ["encoderLayer without bias", [["TransformerEncoderLayer", [...SMALL, "bias", "layerNormEps"]]]],
  ["encoder", [["TransformerEncoder", ["encoderLayer", "numLayers"]]]],
  ["encoder with norm", [["TransformerEncoder", ["norm"]]]],
  ["decoderLayer", [["TransformerDecoderLayer", SMALL]]],
  ["decoderLayer normFirst", [["TransformerDecoderLayer", [...SMALL, "normFirst", "batchFirst"]]]],
  [
    "decoder",
    [
      ["TransformerDecoder", ["decoderLayer", "numLayers", "norm"]],
      ["TransformerDecoderLayer", ["activation"]],
    ],
  ],
  ["transformer", [["Transformer", [...SMALL, "numEncoderLayers", "numDecoderLayers", "batchFirst"]]]],
]);

/** Cases of `functions.parity.test.ts`. */
export function recordedFunctions(): RecordedCases {
  const { cases }: { cases: FunctionCase[] } = read("functions");
  const { functions }: { functions: FunctionCase[] } = read("more-layers");
  return collect([...cases, ...functions].map(({ name, given }) => [name, given] as const));
}

function read<TContent>(name: string): TContent {
  return JSON.parse(readFileSync(`${NN}/${name}.json`, "utf8"));
}
