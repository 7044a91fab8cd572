import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../../autograd/grad.js";
import { backendsUnderTest } from "../../backend/backends-under-test.js";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { ShapeError } from "../../errors/shape-error.js";
import { seedEverything } from "../../random/global-random.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

function waves(...shape: number[]): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 1.7));
  return tf.tensor(values, shape);
}

const valuesOf = (tensor: tf.Tensor | null | undefined): number[] => [...(tensor ?? tf.scalar(Number.NaN)).dataSync()];

describe.each(await backendsUnderTest())("attention layers on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("give the same with and without the weights, with one tensor or three, in both orders", () => {
    using _scope = tensorScope();
    const layer = new nn.MultiheadAttention(6, 2, { batchFirst: true });
    const x = waves(2, 3, 6);
    const [y, weights] = layer.forward(x, x, x);
    const [without, none] = layer.forward(x, x, x, { needWeights: false });
    const other = new nn.MultiheadAttention(6, 2);
    other.loadStateDict(layer.stateDict());
    const inTime = tf.transpose(other.forward(tf.transpose(x, [1, 0, 2])), [1, 0, 2]);
    expect(none).toBeUndefined();
    expect(weights?.shape).toEqual([2, 3, 3]);
    valuesOf(y).forEach((value, i) => {
      expect(valuesOf(without)[i]).toBeCloseTo(value, 5);
      expect(valuesOf(inTime)[i]).toBeCloseTo(value, 5);
    });
    for (const sum of valuesOf(tf.sum(weights ?? x, -1))) expect(sum).toBeCloseTo(1, 5);
    layer.dispose();
    other.dispose();
  });

  it("give zeros, and no gradient, to a query that sees no key", () => {
    using _scope = tensorScope();
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true, bias: false });
    const x = waves(2, 3, 4);
    const keyPaddingMask = tf.tensor2d([1, 1, 1, 0, 0, 1], [2, 3], "bool");
    const [y, weights] = layer.forward(x, x, x, { keyPaddingMask });
    expect(valuesOf(tf.slice(y, [0, 0, 0], [1, 3, 4]))).toEqual(Array.from({ length: 12 }, () => 0));
    expect(valuesOf(tf.slice(weights ?? y, [0, 0, 0], [1, 3, 3]))).toEqual(Array.from({ length: 9 }, () => 0));
    const [dx] = grad(tf.sum(y), [x]);
    expect(valuesOf(dx).slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 0));
    expect(valuesOf(dx).every(Number.isFinite)).toBe(true);
    layer.dispose();
  });

  it("drop attention weights in training alone", () => {
    using _scope = tensorScope();
    seedEverything(3);
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true, dropout: 0.5 });
    const x = waves(2, 8, 4);
    expect(valuesOf(layer.forward(x))).not.toEqual(valuesOf(layer.forward(x)));
    layer.eval();
    expect(valuesOf(layer.forward(x))).toEqual(valuesOf(layer.forward(x)));
    layer.dispose();
  });

  it("keep the shape of their input, whatever its sizes", () => {
    using _scope = tensorScope();
    const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 }), 2);
    const decoder = new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 3, batchFirst: true });
    for (const [batch, steps, keys] of [
      [1, 1, 1],
      [3, 2, 5],
      [2, 7, 1],
    ] as const) {
      expect(encoder.forward(waves(steps, batch, 4)).shape).toEqual([steps, batch, 4]);
      expect(encoder.forward(waves(steps, 4)).shape).toEqual([steps, 4]);
      expect(decoder.forward(waves(batch, steps, 4), waves(batch, keys, 4)).shape).toEqual([batch, steps, 4]);
    }
    encoder.dispose();
    decoder.dispose();
  });

  it("see only what came before where they are causal", () => {
    using _scope = tensorScope();
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3, batchFirst: true }).eval();
    const x = waves(1, 5, 4);
    const mask = nn.Transformer.generateSquareSubsequentMask(5);
    const causal = layer.forward(x, { isCausal: true });
    valuesOf(layer.forward(x, { srcMask: mask })).forEach((value, i) =>
      expect(valuesOf(causal)[i]).toBeCloseTo(value, 5),
    );
    const first = layer.forward(tf.slice(x, [0, 0, 0], [1, 2, 4]), { isCausal: true });
    valuesOf(first).forEach((value, i) => expect(valuesOf(causal)[i]).toBeCloseTo(value, 5));
    layer.dispose();
  });

  it("refuse what does not fit, and say which layer of the model it was", () => {
    using _scope = tensorScope();
    const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { batchFirst: true }), 2);
    encoder.parameters();
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true, kdim: 3 });
    const call = (run: () => unknown) => () => {
      tf.tidy(() => void run());
    };
    const x = waves(2, 3, 4);
    expect(call(() => encoder.forward(waves(2, 3, 5)))).toThrow(ShapeError);
    expect(call(() => encoder.forward(waves(2, 3, 5)))).toThrow(
      /^layers\.0\.self_attn \(MultiheadAttention\): .*\[N, T, 4\].*Received \[2, 3, 5\]/,
    );
    expect(call(() => layer.forward(x, waves(2, 5, 4), waves(2, 5, 4)))).toThrow(/\[N, S, 3\].*Received .*\[2, 5, 4\]/);
    expect(call(() => layer.forward(x, waves(2, 5, 3), waves(2, 4, 4)))).toThrow(/\[2, 5, 3\], \[2, 4, 4\]/);
    expect(call(() => layer.forward(x, waves(1, 5, 3), waves(1, 5, 4)))).toThrow(/\[1, 5, 3\], \[1, 5, 4\]/);
    const masked = (call: nn.MultiheadAttentionCall): unknown => layer.forward(x, waves(2, 5, 3), waves(2, 5, 4), call);
    expect(call(() => masked({ keyPaddingMask: tf.zeros([5, 2]) }))).toThrow(
      /keyPaddingMask.*Expected \[2, 5\].*Received \[5, 2\]/,
    );
    expect(call(() => masked({ attnMask: tf.zeros([5, 3]) }))).toThrow(
      /attnMask.*Expected \[3, 5\].*Received \[5, 3\]/,
    );
    expect(call(() => masked({ attnMask: tf.zeros([3, 5], "int32") }))).toThrow(/booleans.*int32/);
    expect(call(() => masked({ needsWeights: true } as object))).toThrow(/no option "needsWeights".*needWeights/);
    expect(call(() => layer.forward(tf.zeros([2, 3, 4], "int32")))).toThrow(/no floating-point numbers/);
    const heads = waves(1, 3, 2, 4);
    expect(
      call(() => nn.functional.scaledDotProductAttention(heads, waves(1, 2, 2, 4), heads, { enableGqa: true })),
    ).toThrow(/heads that divide 3.*\[1, 2, 2, 4\]/);
    encoder.dispose();
    layer.dispose();
  });
});

describe("layers of transformers", () => {
  beforeAll(async () => {
    await resolveBackend("cpu");
  });

  it("are copies that begin alike and then go their own ways", () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 });
    const encoder = new nn.TransformerEncoder(layer, 2);
    const [first, second] = [...encoder.layers];
    expect(valuesOf(first?.linear1.weight)).toEqual(valuesOf(layer.linear1.weight));
    expect(valuesOf(second?.linear1.weight)).toEqual(valuesOf(layer.linear1.weight));
    first?.linear1.weight.setData(new Float32Array(12));
    expect(valuesOf(second?.linear1.weight)).toEqual(valuesOf(layer.linear1.weight));
    encoder.dispose();
    layer.dispose();
  });

  it("take an encoder and a decoder of one's own", () => {
    using _scope = tensorScope();
    const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 }), 1);
    const model = new nn.Transformer(4, 2, { customEncoder: encoder, numDecoderLayers: 1, dimFeedforward: 3 });
    expect(model.encoder).toBe(encoder);
    expect([...model.stateDict().keys()].filter((name) => name.startsWith("encoder."))).toEqual(
      [...encoder.stateDict().keys()].map((name) => `encoder.${name}`),
    );
    expect(model.forward(waves(3, 2, 4), waves(2, 2, 4)).shape).toEqual([2, 2, 4]);
    model.dispose();
  });

  const refused: [what: string, create: () => unknown, message: RegExp][] = [
    ["an unknown option", () => new nn.TransformerEncoderLayer(4, 2, { nheads: 2 } as object), /no option "nheads"/],
    ["an unknown activation", () => new nn.TransformerDecoderLayer(4, 2, { activation: "tanh" as "relu" }), /"gelu"/],
    [
      "an unknown option of a transformer",
      () => new nn.Transformer(4, 2, { layers: 2 } as object),
      /no option "layers"/,
    ],
    ["no layer", () => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2), 0), /numLayers/],
    ["heads that do not divide", () => new nn.MultiheadAttention(5, 2), /divisible by numHeads/],
  ];

  it.each(refused)("refuse %s", (_, create, message) => {
    expect(create).toThrow(MisconfigurationError);
    expect(create).toThrow(message);
  });
});
