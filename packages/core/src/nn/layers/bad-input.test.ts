import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { ShapeError } from "../../errors/shape-error.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

type AnyLayer = new (...args: unknown[]) => nn.Module;

interface Table {
  readonly args?: readonly unknown[];
  /** A shape that fits. */
  readonly fits: readonly number[];
  /** Shapes that do not. */
  readonly rank?: readonly number[];
  readonly width?: readonly number[];
  /** Inputs behind the first one. */
  readonly others?: readonly (readonly number[])[];
  /** The type of the first input; of another one it is refused. @default "float32" */
  readonly dtype?: "float32" | "int32" | "any";
}

const [line, image, volume] = [
  [2, 4, 6],
  [2, 4, 6, 6],
  [2, 4, 4, 4, 4],
];
const spaces = [line, image, volume];

/** One layer in one, two and three dimensions. */
function each(name: string, args: readonly unknown[], more: Partial<Table> & { readonly hasWidth?: boolean } = {}) {
  const { hasWidth = false, ...table } = more;
  return [1, 2, 3].map((dimensions): [string, Table] => {
    const fits = spaces[dimensions - 1] ?? line;
    const width = hasWidth ? { width: [2, 3, ...fits.slice(2)] } : {};
    return [`${name}${dimensions}d`, { args, fits, rank: [2], ...width, ...table }];
  });
}

const LAYERS: readonly [name: string, table: Table][] = [
  ["Linear", { args: [4, 3], fits: [2, 4], width: [2, 5] }],
  ["Bilinear", { args: [4, 3, 2], fits: [2, 4], width: [2, 5], others: [[2, 3]] }],
  ...each("Conv", [4, 2, 2], { hasWidth: true }),
  ...each("ConvTranspose", [4, 2, 2], { hasWidth: true }),
  ...each("BatchNorm", [4], { hasWidth: true }),
  ...each("LazyConv", [4, 2]),
  ...each("LazyConvTranspose", [4, 2]),
  ...each("LazyBatchNorm", []),
  ...each("LazyInstanceNorm", []),
  ["LazyLinear", { args: [3], fits: [2, 4], rank: [] }],
  ["FractionalMaxPool2d", { args: [2, { outputSize: 2 }], fits: image, rank: [2] }],
  ["FractionalMaxPool3d", { args: [2, { outputSize: 2 }], fits: volume, rank: [2] }],
  ["SyncBatchNorm", { args: [4], fits: image, rank: [4], width: [2, 3, 6, 6] }],
  ...each("InstanceNorm", [4], { hasWidth: true }),
  ...each("MaxPool", [2], { dtype: "any" }),
  ...each("AvgPool", [2]),
  ...each("LPPool", [2, 2]),
  ...each("AdaptiveAvgPool", [2]),
  ...each("AdaptiveMaxPool", [2]),
  ...each("ReflectionPad", [1], { dtype: "any" }),
  ...each("ReplicationPad", [1], { dtype: "any" }),
  ...each("CircularPad", [1], { dtype: "any" }),
  ...each("ZeroPad", [1], { dtype: "any" }),
  ...each("ConstantPad", [1, 0.5], { dtype: "any" }),
  ...each("Dropout", []),
  ["GroupNorm", { args: [2, 4], fits: image, rank: [4], width: [2, 3, 6] }],
  ["LayerNorm", { args: [4], fits: [2, 4], width: [2, 5] }],
  ["RMSNorm", { args: [4], fits: [2, 4], width: [2, 5] }],
  ["LocalResponseNorm", { args: [2], fits: image, rank: [2, 4] }],
  ["Embedding", { args: [5, 3], fits: [2, 4], dtype: "int32" }],
  ["EmbeddingBag", { args: [5, 3], fits: [2, 4], rank: [2, 4, 1], dtype: "int32" }],
  ["LSTM", { args: [4, 3], fits: [5, 2, 4], rank: [4], width: [5, 2, 3] }],
  ["GRU", { args: [4, 3], fits: [5, 2, 4], rank: [4], width: [5, 2, 3] }],
  ["RNN", { args: [4, 3], fits: [5, 2, 4], rank: [4], width: [5, 2, 3] }],
  ["LSTMCell", { args: [4, 3], fits: [2, 4], rank: [2, 2, 4], width: [2, 3] }],
  ["GRUCell", { args: [4, 3], fits: [2, 4], rank: [2, 2, 4], width: [2, 3] }],
  ["RNNCell", { args: [4, 3], fits: [2, 4], rank: [2, 2, 4], width: [2, 3] }],
  [
    "MultiheadAttention",
    {
      args: [4, 2],
      fits: [5, 2, 4],
      rank: [4],
      width: [5, 2, 3],
      others: [
        [5, 2, 4],
        [5, 2, 4],
      ],
    },
  ],
  ["TransformerEncoderLayer", { args: [4, 2], fits: [5, 2, 4], rank: [4], width: [5, 2, 3] }],
  ["TransformerDecoderLayer", { args: [4, 2], fits: [5, 2, 4], rank: [4], width: [5, 2, 3], others: [[5, 2, 4]] }],
  ["Unfold", { args: [2], fits: image, rank: [2] }],
  ["Fold", { args: [4, 2], fits: [2, 8, 9], rank: [8], width: [2, 7, 9] }],
  ["PixelShuffle", { args: [2], fits: image, rank: [2], width: [2, 3, 6, 6], dtype: "any" }],
  ["PixelUnshuffle", { args: [2], fits: image, rank: [2], width: [2, 3, 5, 6], dtype: "any" }],
  ["ChannelShuffle", { args: [2], fits: image, rank: [2], width: [2, 3, 6, 6], dtype: "any" }],
  ["Unflatten", { args: [1, [2, 2]], fits: [2, 4], width: [2, 5], rank: [4], dtype: "any" }],
  ["Upsample", { args: [{ scaleFactor: 2 }], fits: image, rank: [2, 4] }],
  ["UpsamplingNearest2d", { args: [{ scaleFactor: 2 }], fits: image, rank: [2, 4] }],
  ["UpsamplingBilinear2d", { args: [{ scaleFactor: 2 }], fits: image, rank: [2, 4, 3] }],
  ["GLU", { fits: [2, 4], width: [2, 3] }],
  ["Softmax", { args: [1], fits: [2, 4], rank: [4] }],
  ["Softmin", { args: [1], fits: [2, 4], rank: [4] }],
  ["LogSoftmax", { args: [1], fits: [2, 4], rank: [4] }],
  ["Softmax2d", { fits: image, rank: [2, 4] }],
  ["FeatureAlphaDropout", { fits: image, rank: [4] }],
  ["CosineSimilarity", { fits: [2, 4], width: [2, 3], others: [[2, 4]] }],
  ["PairwiseDistance", { fits: [2, 4], width: [2, 3], others: [[2, 4]] }],
  ["PReLU", { args: [3], fits: [2, 3], width: [2, 4] }],
  ...["ELU", "CELU", "SELU", "GELU", "Mish", "SiLU", "LeakyReLU", "RReLU", "Softplus", "Softsign", "Hardswish"].map(
    (name): [string, Table] => [name, { fits: [2, 4] }],
  ),
  ...["Hardsigmoid", "Hardshrink", "Softshrink", "Tanhshrink", "LogSigmoid", "Dropout", "AlphaDropout"].map(
    (name): [string, Table] => [name, { fits: [2, 4] }],
  ),
];

/** Takes its inputs whatever they are, or is no layer of tensors. */
const OTHERS = [
  ...["Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential", "LayersModelModule"],
  ...["Buffer", "Parameter", "Identity", "Flatten", "ReLU", "ReLU6", "Tanh", "Sigmoid", "Hardtanh", "Threshold"],
  ...["TransformerEncoder", "TransformerDecoder", "Transformer"],
  ...["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"],
];

const FUNCTIONS = ["fromLayersModel", "isLazy"];

function create(name: string, args: readonly unknown[]): { readonly model: nn.Module; readonly layer: nn.Module } {
  const Layer = new Map<string, unknown>(Object.entries(nn)).get(name) as AnyLayer;
  const model = new nn.Module();
  const layer = new Layer(...args);
  model.registerModule("block", new nn.ModuleList([layer]));
  model.parameters();
  return { model, layer };
}

function run(layer: nn.Module, ...inputs: unknown[]): unknown {
  return (layer.forward.bind(layer) as (...inputs: unknown[]) => unknown)(...inputs);
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("an input that does not fit", () => {
  const cases = LAYERS.flatMap(([name, table]) => {
    const wrongType = table.dtype === "any" ? [] : [["dtype", table.fits] as const];
    const wrong = [["rank", table.rank] as const, ["width", table.width] as const, ...wrongType];
    return wrong.flatMap(([kind, shape]) => (shape === undefined ? [] : [{ name, kind, shape, table }]));
  });

  it.each(cases)(
    "of another $kind is refused by nn.$name with its path in the model",
    ({ name, kind, shape, table }) => {
      const { model, layer } = create(name, table.args ?? []);
      {
        using _scope = tensorScope();
        const isIndex = table.dtype === "int32";
        const dtype = (kind === "dtype") === isIndex ? "float32" : "int32";
        const others = (table.others ?? []).map((other) => tf.ones([...other]));
        let error: unknown;
        try {
          run(layer, tf.zeros([...shape], dtype), ...others);
        } catch (caught) {
          error = caught;
        }
        expect(error).toBeInstanceOf(ShapeError);
        const { message } = error as ShapeError;
        expect(message).toMatch(new RegExp(`^block\\.0(\\.\\w+)* \\(\\w+\\): `));
        expect(message).toContain("Expected");
        expect(message.slice(message.indexOf("Received"))).toContain(`[${shape.join(", ")}]`);
        if (kind === "dtype") expect(message).toContain(dtype);
      }
      model.dispose();
    },
  );

  it.each(LAYERS)("nn.%s takes what fits, and says that an array is no tensor", (name, table) => {
    const { model, layer } = create(name, table.args ?? []);
    {
      using _scope = tensorScope();
      const input = tf.zeros([...table.fits], table.dtype === "int32" ? "int32" : "float32");
      const others = (table.others ?? []).map((other) => tf.ones([...other]));
      run(layer, input, ...others);
      expect(() => run(layer, [input, input], ...others)).toThrow(
        /^block\.0(\.\w+)* \(\w+\): the input is an array of 2, not one tensor.*const \[x, y\] = batch/,
      );
    }
    model.dispose();
  });

  it("is tested for every layer and every loss", () => {
    const layers = Object.entries(nn).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    const known = new Set([...LAYERS.map(([name]) => name), ...OTHERS]);
    expect(layers.filter((name) => !known.has(name) && !name.endsWith("Loss") && !FUNCTIONS.includes(name))).toEqual(
      [],
    );
  });
});

/** Losses with inputs that fit. */
const classes = (): tf.Tensor => tf.tensor1d([0, 1], "int32");
const LOSSES: Record<string, () => tf.Tensor[]> = {
  AdaptiveLogSoftmaxWithLoss: () => [tf.ones([2, 32]), classes()],
  BCELoss: () => [tf.fill([2, 3], 0.5), tf.ones([2, 3])],
  BCEWithLogitsLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  CosineEmbeddingLoss: () => [tf.ones([2, 3]), tf.ones([2, 3]), tf.ones([2])],
  CrossEntropyLoss: () => [tf.ones([2, 3]), classes()],
  CTCLoss: () => [tf.ones([4, 2, 3]), tf.ones([2, 2], "int32"), tf.fill([2], 4, "int32"), tf.fill([2], 2, "int32")],
  GaussianNLLLoss: () => [tf.ones([2, 3]), tf.ones([2, 3]), tf.ones([2, 3])],
  HingeEmbeddingLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  HuberLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  KLDivLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  L1Loss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  MSELoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  MarginRankingLoss: () => [tf.ones([3]), tf.ones([3]), tf.ones([3])],
  MultiLabelMarginLoss: () => [tf.ones([2, 3]), tf.zeros([2, 3], "int32")],
  MultiLabelSoftMarginLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  MultiMarginLoss: () => [tf.ones([2, 3]), classes()],
  NLLLoss: () => [tf.ones([2, 3]), classes()],
  PoissonNLLLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  SmoothL1Loss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  SoftMarginLoss: () => [tf.ones([2, 3]), tf.ones([2, 3])],
  TripletMarginLoss: () => [tf.ones([2, 3]), tf.ones([2, 3]), tf.ones([2, 3])],
  TripletMarginWithDistanceLoss: () => [tf.ones([2, 3]), tf.ones([2, 3]), tf.ones([2, 3])],
};

describe("a loss", () => {
  it.each(Object.keys(nn).filter((name) => name.endsWith("Loss")))(
    "nn.%s refuses integers and other shapes",
    (name) => {
      const { layer } = create(name, name.startsWith("Adaptive") ? [32, 16, [3, 6]] : []);
      using _scope = tensorScope();
      const inputs = LOSSES[name]?.() ?? [];
      run(layer, ...inputs);
      const [first, second, ...rest] = inputs;
      if (first === undefined || second === undefined) throw new Error(`${name} takes two inputs`);
      const path = new RegExp(`^block\\.0 \\(${name}\\): .*Expected.*Received`);
      expect(() => run(layer, tf.cast(first, "int32"), second, ...rest)).toThrow(path);
      const other = tf.zeros([5, ...second.shape.slice(1)], second.dtype);
      expect(() => run(layer, first, other, ...rest)).toThrow(path);
      expect(() => run(layer, [first, second], second, ...rest)).toThrow(
        /^block\.0 \(\w+\): the input is an array of 2/,
      );
    },
  );
});
