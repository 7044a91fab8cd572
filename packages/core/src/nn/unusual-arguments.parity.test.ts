import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { clipGradNorm } from "./utils/clip-gradients.js";
import { grad } from "../autograd/grad.js";
import { Parameter } from "../autograd/parameter.js";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { NonFiniteGradientError } from "../errors/non-finite-gradient-error.js";
import { ShapeError } from "../errors/shape-error.js";
import { Adam } from "../optim/adam.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { expectRecorded, type RecordedTensor } from "./expect-recorded-under-test.js";
import * as nn from "./index.js";

type RecordedNumber = number | "NaN" | "Infinity" | "-Infinity";
interface Numbers {
  readonly shape: number[];
  readonly values: RecordedNumber[];
}
interface LayerCase extends Record<"x" | "y" | "dy" | "dx", Numbers> {
  readonly layer: string;
  readonly args: unknown[];
  readonly options: Record<string, unknown>;
  readonly state: Record<string, { readonly shape: number[]; readonly values: number[] }>;
  readonly gradients: Record<string, Numbers>;
}
interface Fixture {
  readonly layers: LayerCase[];
  readonly attention: {
    readonly inputs: Numbers[];
    readonly isCausal: boolean;
    readonly mask: Numbers | null;
    readonly y: Numbers;
    readonly dy: Numbers;
    readonly gradients: Numbers[];
  }[];
  readonly multihead: (Record<"x" | "y" | "dy" | "dx", Numbers> & Pick<LayerCase, "state">)[];
  readonly embedding: (Record<"weight" | "indices" | "y" | "dy" | "gradient", Numbers> & {
    readonly padding: number | null;
  })[];
  readonly clipping: {
    readonly name: string;
    readonly normType: RecordedNumber;
    readonly maxNorm: number;
    readonly before: Numbers[];
    readonly norm: Numbers;
    readonly after: Numbers[];
    readonly raises: boolean;
  }[];
  readonly adam: {
    readonly gradient: Numbers;
    readonly options: Record<string, unknown>;
    readonly steps: Record<"parameter" | "expAvg" | "expAvgSq", Numbers>[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL("fixtures/unusual-arguments.json", import.meta.url), "utf8"),
) as Fixture;

/** Float32 sums of a few hundred terms in another order than PyTorch's. */
const TOLERANCE = 2e-5;

function tensor({ values, shape }: Numbers, dtype: "float32" | "int32" = "float32"): tf.Tensor {
  return tf.tensor(values.map(Number), shape, dtype);
}

/** Gradients that overflow in Adam are compared by themselves. */
function allowance(value: number, all: readonly number[]): number {
  const scale = Math.max(1, ...all.filter(Number.isFinite).map(Math.abs));
  return TOLERANCE * (Math.abs(value) > 1e6 ? Math.abs(value) : Math.min(scale, 1e6));
}

function expectClose(actual: tf.Tensor | null | undefined, expected: RecordedTensor | undefined, what: string): void {
  expectRecorded(actual, expected, what, allowance);
}

function create({ layer, args, options }: LayerCase): nn.TensorModule {
  const named = new Map<string, unknown>(Object.entries(nn)).get(layer) as new (...args: unknown[]) => nn.TensorModule;
  return layer.endsWith("oftmax") ? new named(...args, ...Object.values(options)) : new named(...args, options);
}

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(
    fixture.layers.map((recorded) => ({
      ...recorded,
      title: `${recorded.layer}(${JSON.stringify(recorded.args)}, ${JSON.stringify(recorded.options)}) of [${recorded.x.shape.join(", ")}]`,
    })),
  )("$title", (recorded) => {
    const layer = create(recorded);
    layer.loadStateDict(recorded.state);
    {
      using _scope = tensorScope();
      const x = tensor(recorded.x);
      const y = layer.forward(x);
      expectClose(y, recorded.y, "y");
      const named = layer.namedParameters();
      const gradients = grad(y, [...named.map(([, parameter]) => parameter), x], {
        gradOutputs: [tensor(recorded.dy)],
      });
      named.forEach(([name], i) =>
        expectClose(gradients[i], recorded.gradients[name] ?? { shape: [-1], values: [] }, `gradient of ${name}`),
      );
      expectClose(gradients.at(-1), recorded.dx, "gradient of x");
    }
    layer.dispose();
  });

  it.each(
    fixture.attention.map((recorded) => ({
      ...recorded,
      shapes: recorded.inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" "),
    })),
  )("attention of $shapes, causal: $isCausal", (recorded) => {
    using _scope = tensorScope();
    const inputs = recorded.inputs.map((numbers) => tensor(numbers));
    const [q, k, v] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const attnMask = recorded.mask === null ? undefined : tensor(recorded.mask);
    const y = nn.functional.scaledDotProductAttention(q, k, v, { isCausal: recorded.isCausal, attnMask });
    expectClose(y, recorded.y, "y");
    grad(y, inputs, { gradOutputs: [tensor(recorded.dy)] }).forEach((gradient, i) =>
      expectClose(gradient, recorded.gradients[i]!, `gradient ${i}`),
    );
  });

  it.each(fixture.multihead)("multi-head attention of $x.shape", ({ state, x, y, dy, dx }) => {
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    layer.loadStateDict(state);
    {
      using _scope = tensorScope();
      const input = tensor(x);
      const output = layer.forward(input);
      expectClose(output, y, "y");
      expectClose(grad(output, [input], { gradOutputs: [tensor(dy)] })[0], dx, "dx");
    }
    layer.dispose();
  });

  it.each(fixture.embedding)("embedding with paddingIdx $padding", (recorded) => {
    using _scope = tensorScope();
    const weight = tensor(recorded.weight);
    const y = nn.functional.embedding(tensor(recorded.indices, "int32"), weight, {
      paddingIdx: recorded.padding ?? undefined,
    });
    expectClose(y, recorded.y, "y");
    expectClose(grad(y, [weight], { gradOutputs: [tensor(recorded.dy)] })[0], recorded.gradient, "gradient");
  });

  it.each(fixture.clipping)(
    "clipGradNorm of $name gradients by norm $normType",
    ({ normType, maxNorm, before: gradients, norm, after, raises }) => {
      using _scope = tensorScope();
      const parameters = gradients.map((gradient) => {
        const parameter = Parameter.fromData(gradient.values.map(Number), gradient.shape);
        parameter.grad = tensor(gradient);
        return parameter;
      });
      if (raises)
        expect(() => clipGradNorm(parameters, maxNorm, { normType: Number(normType), errorIfNonfinite: true })).toThrow(
          NonFiniteGradientError,
        );
      expectClose(
        clipGradNorm(parameters, maxNorm, { normType: Number(normType), errorIfNonfinite: !raises }),
        norm,
        "norm",
      );
      parameters.forEach((parameter, i) => {
        expectClose(parameter.grad, after[i]!, `gradient ${i}`);
        parameter.dispose();
      });
    },
  );

  it.each(fixture.adam)("Adam with gradients $gradient.values", ({ gradient, options, steps }) => {
    const parameter = Parameter.fromData([1, 2, 3, 4, -5], [5]);
    const optimizer = new Adam([parameter], { lr: 0.1, ...options });
    const ones = { shape: [5], values: [1, 1, 1, 1, 1] };
    for (const [index, given] of [gradient, ones].entries()) {
      using _scope = tensorScope();
      parameter.grad = tensor(given);
      optimizer.step();
      expectClose(parameter, steps[index]!.parameter, `parameter after step ${index + 1}`);
      optimizer.zeroGrad();
    }
    optimizer.dispose();
    parameter.dispose();
  });

  it("refuses integers where PyTorch does, and says what came", () => {
    using _scope = tensorScope();
    const rows = tf.ones([2, 4], "int32");
    const image = tf.ones([1, 2, 4, 4], "int32");
    const target = tf.zeros([2], "int32");
    const F = nn.functional;
    const refused: Record<string, () => tf.Tensor> = {
      linear: () => F.linear(rows, tf.ones([3, 4])),
      conv: () => F.conv2d(image, tf.ones([1, 2, 2, 2])),
      convTranspose: () => F.convTranspose2d(image, tf.ones([2, 1, 2, 2])),
      avgPool: () => F.avgPool2d(image, 2),
      adaptiveAvgPool2d: () => F.adaptiveAvgPool2d(image, 1),
      layerNorm: () => F.layerNorm(rows, [4]),
      groupNorm: () => F.groupNorm(rows, 2),
      batchNorm: () => F.batchNorm(rows, { training: true }),
      gelu: () => F.gelu(rows),
      leakyRelu: () => F.leakyRelu(rows),
      silu: () => F.silu(rows),
      elu: () => F.elu(rows),
      softplus: () => F.softplus(rows),
      softmax: () => F.softmax(rows),
      logSoftmax: () => F.logSoftmax(rows),
      dropout: () => F.dropout(rows),
      scaledDotProductAttention: () => F.scaledDotProductAttention(rows, rows, rows),
      crossEntropy: () => F.crossEntropy(rows, target),
      nllLoss: () => F.nllLoss(rows, target),
      mseLoss: () => F.mseLoss(rows, rows),
      l1Loss: () => F.l1Loss(rows, rows),
      smoothL1Loss: () => F.smoothL1Loss(rows, rows),
      binaryCrossEntropy: () => F.binaryCrossEntropy(rows, rows),
      binaryCrossEntropyWithLogits: () => F.binaryCrossEntropyWithLogits(rows, rows),
    };
    for (const [name, operation] of Object.entries(refused)) {
      expect(operation, name).toThrow(ShapeError);
      expect(operation, name).toThrow(
        new RegExp(
          `^${name}: the \\w+ holds no floating-point numbers\\. Expected \\w+ of dtype float32\\. Received int32 \\[`,
        ),
      );
    }
    expect([
      ...F.sigmoid(tf.tensor1d([0], "int32")).dataSync(),
      ...F.tanh(tf.tensor1d([0], "int32")).dataSync(),
      ...F.relu(tf.tensor1d([-1, 2], "int32")).dataSync(),
    ]).toEqual([0.5, 0, 0, 2]);
  });

  it("takes the largest of integers, as integers, and refuses booleans", () => {
    using _scope = tensorScope();
    const { maxPool1d, maxPool2d, maxPool3d } = nn.functional;
    const values = tf.tensor1d([3, -1, 4, -7, -5, -9, -2, -6], "int32");
    const cases: [tf.Tensor, number[]][] = [
      [maxPool1d(tf.reshape(values, [1, 1, 8]), 2), [3, 4, -5, -2]],
      [maxPool2d(tf.reshape(values, [1, 2, 4]), 2), [3, 4]],
      [maxPool2d(tf.reshape(values, [1, 2, 4]), 2, { padding: 1 }), [3, 4, -7, -5, -2, -6]],
      [maxPool3d(tf.reshape(values, [1, 1, 2, 2, 2]), 2), [4]],
      [
        maxPool2d(tf.reshape(values, [1, 2, 4]), [2, 2], { stride: [1, 2], dilation: [1, 2], padding: [1, 0] }),
        [4, 4, -2],
      ],
      [
        maxPool1d(tf.tensor3d([16_777_216, 16_777_217, -2_147_483_648, -2_147_483_647], [1, 1, 4], "int32"), 2),
        [16_777_217, -2_147_483_647],
      ],
    ];
    for (const [pooled, expected] of cases) {
      expect(pooled.dtype).toBe("int32");
      expect([...pooled.dataSync()]).toEqual(expected);
    }
    expect(() => maxPool2d(tf.ones([1, 1, 4, 4], "bool"), 2)).toThrow(
      /^maxPool: the input holds no floating-point numbers\. Expected input of dtype float32\. Received bool \[/,
    );
  });

  it("refuses arguments that PyTorch refuses, and says what was expected", () => {
    using _scope = tensorScope();
    const F = nn.functional;
    expect(() =>
      F.convTranspose1d(tf.ones([1, 2, 4]), tf.ones([2, 2, 3]), undefined, { stride: 2, outputPadding: 2 }),
    ).toThrow(
      /Expected outputPadding below the stride or the dilation\. Received outputPadding \[2\] with stride \[2\]/,
    );
    expect(() => new nn.ConvTranspose1d(2, 2, 3, { outputPadding: 1 })).toThrow(/outputPadding below the stride/);
    expect(() => F.convTranspose1d(tf.ones([1, 1, 1]), tf.ones([1, 1, 2]), undefined, { padding: 1 })).toThrow(
      /nothing would be left.*Received \[0\]/,
    );
    expect(() => F.maxPool2d(tf.ones([1, 1, 4, 4]), 2, { padding: 2 })).toThrow(
      /more than half of the window\. Expected padding of at most \[1,1\]\. Received \[2,2\]/,
    );
    expect(() => F.avgPool2d(tf.ones([1, 1, 4, 4]), 3, { padding: 2 })).toThrow(/more than half/);
    expect(() => F.softmax(tf.ones([2, 2]), 5)).toThrow(
      /Expected dim from -2 to 1 for an input of shape \[2, 2\]\. Received dim 5/,
    );
    expect(() => new nn.GroupNorm(2, 4).forward(tf.ones([3, 6, 2]))).toThrow(
      /groupNorm: weight and bias do not fit the channels\. Expected input \[batch, 4 channels, \.\.\.\]\. Received \[3, 6, 2\]/,
    );
    expect(() => F.embedding(tf.tensor1d([0], "int32"), tf.ones([3, 2]), { paddingIdx: -4 })).toThrow(
      /Expected -3 … 2\. Received -4/,
    );
    expect(() => F.scaledDotProductAttention(tf.ones([2, 3, 4]), tf.ones([5, 3, 4]), tf.ones([5, 3, 4]))).toThrow(
      /leading dimensions do not fit.*Received \[2, 3, 4\], \[5, 3, 4\], \[5, 3, 4\]/,
    );
    expect(() => F.scaledDotProductAttention(tf.ones([3, 4]), tf.ones([3, 5]), tf.ones([3, 5]))).toThrow(
      /query, key and value do not fit each other/,
    );
    expect(() => F.linear(tf.scalar(1), tf.ones([3, 1]))).toThrow(/Expected input \[\.\.\., 1\]/);
  });
});
