import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** As a caller without types would. */
const untyped = (value: unknown): never => value as never;

describe("something of another kind", () => {
  const states = () => [tf.zeros([1, 1, 3]), tf.zeros([1, 1, 3])];
  const x = () => tf.zeros([4, 1, 2]);

  it.each<[string, () => unknown, RegExp]>([
    ["a pair of states for a GRU", () => new nn.GRU(2, 3).forward(x(), untyped(states())), /GRU: a state .* no tensor/],
    [
      "a pair of states for an RNN",
      () => new nn.RNN(2, 3).forward(x(), untyped(states())),
      /RNN: a state .* no tensor/,
    ],
    ["one state for an LSTM", () => new nn.LSTM(2, 3).forward(x(), untyped(states()[0])), /two states/],
    ["a number in a ParameterList", () => new nn.ParameterList(untyped([1])), /made of tensors.*Received 1/],
    ["a number in a ParameterDict", () => new nn.ParameterDict(untyped({ a: 1 })), /made of tensors.*Received 1/],
    ["a class for a layer", () => new nn.TransformerEncoder(untyped(nn.TransformerEncoderLayer), 2), /takes the layer/],
    ["no layer", () => new nn.TransformerDecoder(untyped({ numLayers: 2 }), untyped(undefined)), /takes the layer/],
    ["options for a width", () => new nn.Transformer(untyped({ nhead: 2 })), /^dModel cannot/],
    ["options for a width", () => new nn.TransformerEncoderLayer(untyped({ dModel: 8 }), 2), /^dModel cannot/],
    ["two inputs of a Sequential", () => new nn.Sequential().forward(x(), untyped(x())), /Sequential's forward takes/],
    [
      "half a batch for a loss",
      () => new nn.MSELoss().forward(x(), untyped(undefined)),
      /MSELoss: .*target is no tensor/,
    ],
    [
      "half a batch for a loss",
      () => new nn.CrossEntropyLoss().forward(x(), untyped(1)),
      /target is no tensor.*Received 1/,
    ],
  ])("is refused: %s", (_, run, message) => {
    expect(run).toThrow(message);
  });

  it("may be pairs for a dictionary, and what chooses between PyTorch's implementations", () => {
    const pairs: readonly (readonly [string, tf.Tensor])[] = [["a", tf.ones([1])]];
    expect(new nn.ParameterDict(pairs).keys()).toEqual(["a"]);
    expect(new nn.ParameterDict(new Map(pairs)).keys()).toEqual(["a"]);
    const layer = new nn.TransformerEncoderLayer(4, 2);
    expect(new nn.TransformerEncoder(layer, 1, { enableNestedTensor: false, maskCheck: false }).numLayers).toBe(1);
  });
});
