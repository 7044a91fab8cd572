import type { OnnxRuntimeBackend } from "@lightning-ts/backend-onnxruntime";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../../autograd/backward.js";
import { grad } from "../../autograd/grad.js";
import { backendsUnderTest } from "../../backend/backends-under-test.js";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { ShapeError } from "../../errors/shape-error.js";
import { Adam } from "../../optim/adam.js";
import { noGrad } from "../../tensor/recording.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

const { packPaddedSequence, packSequence, padPackedSequence, padSequence, unpackSequence, unpadSequence } =
  nn.utils.rnn;

function waves(...shape: number[]): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 1.7));
  return tf.tensor(values, shape);
}

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe.each(await backendsUnderTest())("recurrent layers on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("give the same with padding as without, whatever the padding holds", () => {
    using _scope = tensorScope();
    const layer = new nn.LSTM(2, 3, { bidirectional: true, numLayers: 2 });
    const [long, short] = [waves(4, 2), waves(2, 2)];
    const padded = padSequence([long, short], { paddingValue: Number.NaN });
    const packed = packPaddedSequence(padded, [4, 2]);
    const [output, [h]] = layer.forward(packed);
    const [alone, [hAlone]] = layer.forward(short);
    const [, second] = unpackSequence(output);
    expect(second?.shape).toEqual([2, 6]);
    valuesOf(alone).forEach((value, i) => expect(second?.dataSync()[i]).toBeCloseTo(value, 5));
    const hSecond = tf.squeeze(tf.slice(h, [0, 1, 0], [4, 1, 3]), [1]);
    valuesOf(hAlone).forEach((value, i) => expect(hSecond.dataSync()[i]).toBeCloseTo(value, 5));
    const gradients = grad(tf.sum(output.padded), layer.parameters());
    for (const gradient of gradients)
      expect(valuesOf(gradient ?? tf.scalar(Number.NaN)).every(Number.isFinite)).toBe(true);
    layer.dispose();
  });

  it("have second derivatives", () => {
    using _scope = tensorScope();
    const layer = new nn.GRU(1, 1);
    layer.loadStateDict(
      Object.fromEntries(
        [...layer.stateDict()].map(([name, { shape, size }]) => [
          name,
          { shape, values: Array.from({ length: size }, (_, i) => 0.3 + i / 5) },
        ]),
      ),
    );
    const slope = (at: number): number => {
      const x = tf.tensor(at, [1, 1, 1]);
      return grad(layer.forward(x)[0], [x])[0]?.dataSync()[0] ?? Number.NaN;
    };
    const x = tf.tensor(0.4, [1, 1, 1]);
    const [first] = grad(layer.forward(x)[0], [x], { createGraph: true });
    const [second] = grad(first ?? x, [x]);
    expect(second?.dataSync()[0]).toBeCloseTo((slope(0.41) - slope(0.39)) / 0.02, 2);
    layer.dispose();
  });

  it("drop out between their layers in training alone", () => {
    using _scope = tensorScope();
    const layer = new nn.RNN(2, 64, { numLayers: 2, dropout: 0.5 });
    const x = waves(3, 2, 2);
    const [first, second] = [layer.forward(x)[0], layer.forward(x)[0]];
    expect(valuesOf(first)).not.toEqual(valuesOf(second));
    expect(valuesOf(first).every((value) => value !== 0)).toBe(true);
    layer.eval();
    expect(valuesOf(layer.forward(x)[0])).toEqual(valuesOf(layer.forward(x)[0]));
    layer.dispose();
  });

  it("take an empty batch", () => {
    using _scope = tensorScope();
    const layer = new nn.LSTM(2, 3);
    const [y, [h]] = layer.forward(tf.zeros([4, 0, 2]));
    expect(y.shape).toEqual([4, 0, 3]);
    expect(h.shape).toEqual([1, 0, 3]);
    const [gradient] = grad(tf.sum(y), layer.parameters());
    expect(valuesOf(gradient ?? tf.scalar(1))).toEqual(Array.from({ length: 24 }, () => 0));
    layer.dispose();
  });

  it("give the same with and without recording", () => {
    using _scope = tensorScope();
    const layer = new nn.LSTM(2, 3, { batchFirst: true });
    const x = waves(2, 5, 2);
    const [y, [h, c]] = layer.forward(x);
    const [other, [hOther, cOther]] = noGrad(() => layer.forward(x));
    expect([y, h, c].map(valuesOf)).toEqual([other, hOther, cOther].map(valuesOf));
    layer.dispose();
  });

  it("refuse what does not fit, and say which layer of the model it was", () => {
    using _scope = tensorScope();
    const model = new nn.ModuleDict({ encoder: new nn.ModuleList([new nn.LSTM(3, 4, { batchFirst: true })]) });
    model.parameters();
    const layer = model.get("encoder")?.at(0) ?? new nn.LSTM(3, 4);
    const forward = layer.forward.bind(layer) as (x: unknown, states?: unknown) => unknown;
    expect(() => forward(tf.zeros([2, 5, 7]))).toThrow(ShapeError);
    expect(() => forward(tf.zeros([2, 5, 7]))).toThrow(
      /^encoder\.0 \(LSTM\): .*Expected \[N, T, 3\] or \[T, 3\].*Received \[2, 5, 7\]/,
    );
    expect(() => forward(tf.zeros([3]))).toThrow(/no batch of sequences.*Received \[3\]/);
    expect(() => forward(tf.zeros([2, 0, 3]))).toThrow(/at least one step.*Received \[2, 0, 3\]/);
    expect(() => forward(tf.zeros([2, 5, 3], "int32"))).toThrow(/no floating-point numbers.*int32 \[2, 5, 3\]/);
    expect(() => forward([tf.zeros([2, 5, 3]), tf.zeros([2])])).toThrow(/array of 2, not one tensor/);
    expect(() => forward(tf.zeros([2, 5, 3]), [tf.zeros([1, 2, 4]), tf.zeros([1, 3, 4])])).toThrow(
      /cell state.*Expected \[1, 2, 4\].*Received \[1, 3, 4\]/,
    );
    expect(() => forward(tf.zeros([2, 5, 3]), tf.zeros([1, 2, 4]))).toThrow(/nn.LSTM has two states.*\[h, c\]/);
    const cell = new nn.GRUCell(3, 4);
    expect(() => cell.forward(tf.zeros([2, 5]))).toThrow(/^GRUCell: the input.*\[N, 3\] or \[3\].*Received \[2, 5\]/);
    expect(() => cell.forward(tf.zeros([2, 3]), tf.zeros([2, 5]))).toThrow(/the state.*\[2, 4\].*Received \[2, 5\]/);
    model.dispose();
    cell.dispose();
  });
});

describe("options of recurrent layers", () => {
  const refused: [what: string, create: () => unknown, message: RegExp][] = [
    ["an unknown option", () => new nn.LSTM(2, 3, { hiddenSize: 3 } as object), /nn.LSTM has no option "hiddenSize"/],
    ["a projection of a GRU", () => new nn.GRU(2, 3, { projSize: 1 } as object), /nn.GRU has no option "projSize"/],
    ["a projection that is too large", () => new nn.LSTM(2, 3, { projSize: 3 }), /projSize from 0 to 2/],
    ["no layer", () => new nn.RNN(2, 3, { numLayers: 0 }), /numLayers/],
    ["dropout above one", () => new nn.RNN(2, 3, { dropout: 1.5 }), /dropout from 0 to 1/],
    ["another nonlinearity", () => new nn.RNN(2, 3, { nonlinearity: "elu" as "relu" }), /"tanh" or "relu".*"elu"/],
    [
      "an unknown option of a cell",
      () => new nn.LSTMCell(2, 3, { numLayers: 1 } as object),
      /nn.LSTMCell has no option/,
    ],
  ];

  it.each(refused)("refuse %s", (_, create, message) => {
    expect(create).toThrow(MisconfigurationError);
    expect(create).toThrow(message);
  });
});

describe("sequences of several lengths", () => {
  beforeAll(async () => {
    await resolveBackend("cpu");
  });

  it("are padded on the host too, on either side and to few lengths", () => {
    const sequences = [tf.buffer([2, 1], "int32", Int32Array.of(1, 2)), tf.buffer([1, 1], "int32", Int32Array.of(3))];
    const right = padSequence(sequences, { batchFirst: true, paddingValue: 9, multipleOf: 4 });
    expect(right.shape).toEqual([2, 4, 1]);
    expect([...right.values]).toEqual([1, 2, 9, 9, 3, 9, 9, 9]);
    const left = padSequence(sequences, { paddingSide: "left" });
    expect(left.shape).toEqual([2, 2, 1]);
    expect([...left.values]).toEqual([1, 0, 2, 3]);
  });

  it("are the same when tensors are padded, and come back", () => {
    using _scope = tensorScope();
    const sequences = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4])];
    expect(padSequence(sequences, { paddingSide: "left" }).arraySync()).toEqual([
      [1, 0],
      [2, 0],
      [3, 4],
    ]);
    const padded = padSequence(sequences, { batchFirst: true, multipleOf: 4 });
    expect(padded.arraySync()).toEqual([
      [1, 2, 3, 0],
      [4, 0, 0, 0],
    ]);
    expect(unpadSequence(padded, [3, 1], { batchFirst: true }).map((sequence) => sequence.arraySync())).toEqual([
      [1, 2, 3],
      [4],
    ]);
    const packed = packSequence(sequences);
    expect(packed.sortedIndices).toBeUndefined();
    expect(valuesOf(packed.data)).toEqual([1, 4, 2, 3]);
    expect(unpackSequence(packed).map((sequence) => sequence.arraySync())).toEqual([[1, 2, 3], [4]]);
    const [longer, lengths] = padPackedSequence(packed, { totalLength: 5, batchFirst: true, paddingValue: -1 });
    expect(longer.arraySync()).toEqual([
      [1, 2, 3, -1, -1],
      [4, -1, -1, -1, -1],
    ]);
    expect(valuesOf(lengths)).toEqual([3, 1]);
  });

  it("are refused where they do not fit", () => {
    using _scope = tensorScope();
    const padded = tf.zeros([3, 2, 1]);
    const unsorted = (): unknown => packPaddedSequence(padded, [1, 3]);
    expect(unsorted).toThrow(/longest to the shortest.*enforceSorted: false/);
    expect(() => packPaddedSequence(padded, [4, 1])).toThrow(/2 integers from 1 to 3.*\[4, 1\]/);
    expect(() => packPaddedSequence(padded, [3, 0])).toThrow(/2 integers from 1 to 3/);
    expect(() => packPaddedSequence(padded, tf.tensor1d([3], "int32"))).toThrow(/2 integers/);
    expect(() => packPaddedSequence(padded, [3, 1], { sorted: false } as object)).toThrow(/no option "sorted"/);
    expect(() => packPaddedSequence(tf.zeros([3]), [3])).toThrow(/no batch of sequences/);
    expect(() => padSequence([tf.zeros([2, 3]), tf.zeros([2, 4])])).toThrow(/differ in L alone.*\[2, 4\]/);
    expect(() => padSequence([] as tf.Tensor[])).toThrow(/at least one sequence.*none/);
    expect(() => padSequence([tf.zeros([2])], { multipleOf: 0 })).toThrow(/multipleOf/);
    const packed = packPaddedSequence(padded, [3, 1]);
    expect(() => padPackedSequence(packed, { totalLength: 2 })).toThrow(/at least 3/);
  });
});

describe.skipIf(!(await backendsUnderTest()).includes("onnxruntime"))(
  "training a recurrent layer on onnxruntime (skipped where the engine is missing)",
  () => {
    beforeAll(async () => {
      await resolveBackend("onnxruntime");
    });

    function trainer() {
      const lstm = new nn.LSTM(3, 8, { batchFirst: true });
      const head = new nn.Linear(8, 2);
      const optimizer = new Adam([...lstm.parameters(), ...head.parameters()], { lr: 0.01 });
      return (x: tf.Tensor, lengths: readonly number[]): tf.Tensor => {
        optimizer.zeroGrad();
        const packed = packPaddedSequence(x, lengths, { batchFirst: true, enforceSorted: false });
        const [, [h]] = lstm.forward(packed);
        const loss = nn.functional.crossEntropy(head.forward(tf.squeeze(h, [0])), tf.tensor1d([0, 1], "int32"));
        backward(loss);
        optimizer.step();
        return loss;
      };
    }

    it("records one kernel forwards and one backwards for any number of steps", async () => {
      const step = trainer();
      const { kernels } = await tf.profile(() => {
        using _scope = tensorScope();
        step(waves(2, 100, 3), [100, 100]);
        return [];
      });
      const names = kernels.map(({ name }) => name);
      expect(names.filter((name) => name.startsWith("lit.Recurrent"))).toEqual(["lit.Recurrent", "lit.RecurrentGrad"]);
      expect(names.length).toBeLessThan(40);
    });

    it("compiles nothing for other lengths of sequences that are padded alike", () => {
      const step = trainer();
      const train = (lengths: readonly number[]): number => {
        using _scope = tensorScope();
        return step(waves(2, 12, 3), lengths).dataSync()[0] ?? Number.NaN;
      };
      const misses = (): number => (tf.backend() as OnnxRuntimeBackend).statistics().cache.misses;
      const losses = [train([12, 3]), train([5, 11]), train([4, 4])];
      const before = misses();
      losses.push(train([7, 2]), train([1, 1]), train([12, 11]));
      expect(misses()).toBe(before);
      expect(losses.every(Number.isFinite)).toBe(true);
    });
  },
);
