import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { decodeSafetensors } from "../codecs/decode-safetensors.js";
import { encodeSafetensors } from "../codecs/encode-safetensors.js";
import { hostTensor } from "../data/host-tensor.js";
import * as nn from "../nn/index.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { Adam } from "./adam.js";
import type { OptimizerState, OptimizerStateValue } from "./optimizer-state.js";

/** Recorded with torch 2.15 and its safetensors: tests/parity/record_sequence_models.py. */
interface Recorded {
  readonly tokens: number[][][];
  readonly lengths: number[][];
  readonly labels: number[][];
  readonly logits: number[];
  readonly losses: number[];
  readonly logitsAfterTraining: number[];
  /** Losses of a second epoch, from the weights and Adam's state after the first one. */
  readonly secondEpoch: number[];
  /** What PyTorch's module and its Adam make of a second epoch, from the weights and the state that come from here. */
  readonly secondEpochOfTrainedHere: number[];
  /** What PyTorch's module gives with the weights that were trained here. */
  readonly logitsOfTrainedHere: number[];
}

/** Float32 sums in another order through three layers; Adam's first steps divide by small numbers. */
const TOLERANCE = 2e-4;
const [VOCABULARY, CLASSES, STEPS] = [12, 3, 7];

abstract class Classifier extends nn.Module {
  abstract override forward(tokens: tf.Tensor, lengths: readonly number[]): tf.Tensor;
}

class LstmClassifier extends Classifier {
  readonly embedding = new nn.Embedding(VOCABULARY, 6);
  readonly lstm = new nn.LSTM(6, 5, { numLayers: 2, batchFirst: true, bidirectional: true });
  readonly head = new nn.Linear(10, CLASSES);

  override forward(tokens: tf.Tensor, lengths: readonly number[]): tf.Tensor {
    const packed = nn.utils.rnn.packPaddedSequence(this.embedding.forward(tokens), lengths, {
      batchFirst: true,
      enforceSorted: false,
    });
    const [, [h]] = this.lstm.forward(packed);
    return this.head.forward(tf.concat(tf.unstack(h).slice(-2), 1));
  }
}

class EncoderClassifier extends Classifier {
  readonly embedding = new nn.Embedding(VOCABULARY, 8);
  readonly encoder = new nn.TransformerEncoder(
    new nn.TransformerEncoderLayer(8, 2, {
      dimFeedforward: 12,
      dropout: 0,
      activation: "gelu",
      batchFirst: true,
      normFirst: true,
    }),
    2,
    { norm: new nn.LayerNorm(8) },
  );
  readonly head = new nn.Linear(8, CLASSES);

  override forward(tokens: tf.Tensor, lengths: readonly number[]): tf.Tensor {
    const ends = tf.reshape(tf.tensor1d([...lengths], "int32"), [-1, 1]);
    const srcKeyPaddingMask = tf.greaterEqual(tf.reshape(tf.range(0, STEPS, 1, "int32"), [1, STEPS]), ends);
    const encoded = this.encoder.forward(this.embedding.forward(tokens), { srcKeyPaddingMask });
    return this.head.forward(tf.squeeze(tf.slice(encoded, [0, 0, 0], [-1, 1, -1]), [1]));
  }
}

const MODELS: Record<string, () => Classifier> = {
  lstm: () => new LstmClassifier(),
  encoder: () => new EncoderClassifier(),
};

function path(file: string): URL {
  return new URL(`fixtures/sequence-models/${file}`, import.meta.url);
}

function weightsOf(file: string) {
  return decodeSafetensors(readFileSync(path(file))).tensors;
}

function expectClose(actual: readonly number[], expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  expected.forEach((value, i) => {
    if (!(Math.abs((actual[i] ?? Number.NaN) - value) <= TOLERANCE * Math.max(1, Math.abs(value))))
      throw new Error(`${what}[${i}]: expected ${value}, received ${actual[i]}`);
  });
}

/** PyTorch's layout of an optimizer's state: tensors as `<parameter>.<name>`, groups as JSON. */
function readState(name: string): OptimizerState {
  const state: Record<string, Record<string, OptimizerStateValue>> = {};
  for (const [key, tensor] of weightsOf(`${name}.safetensors`)) {
    const [number = "", entry = ""] = key.split(".");
    state[number] = { ...state[number], [entry]: tensor };
  }
  return { state, param_groups: JSON.parse(readFileSync(path(`${name}.json`), "utf8")) };
}

function writeState(name: string, { state, param_groups: groups }: OptimizerState): void {
  const tensors = Object.entries(state).flatMap(([number, entry]) =>
    Object.entries(entry).map(([key, value]) => {
      const tensor = value instanceof tf.Tensor ? value : tf.scalar(Number(value));
      return [`${number}.${key}`, hostTensor(Float32Array.from(tensor.dataSync()), tensor.shape, "float32")] as const;
    }),
  );
  writeFileSync(path(`${name}.safetensors`), encodeSafetensors(new Map(tensors)));
  writeFileSync(path(`${name}.json`), `${JSON.stringify(groups)}\n`);
}

describe.each(await backendsUnderTest())("a state dict on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(Object.keys(MODELS))("of PyTorch's %s gives its logits, trains as there, and goes back", (name) => {
    const recorded = JSON.parse(readFileSync(path(`${name}.json`), "utf8")) as Recorded;
    const create = MODELS[name] ?? MODELS["lstm"];
    if (create === undefined) throw new Error("there are models");
    const model = create();
    model.loadStateDict(weightsOf(`${name}.safetensors`));
    const logits = (batch: number, of = model): tf.Tensor =>
      of.forward(tf.tensor2d(recorded.tokens[batch] ?? [], undefined, "int32"), recorded.lengths[batch] ?? []);
    const first = (of = model): number[] => {
      using _scope = tensorScope();
      return [...logits(0, of).dataSync()];
    };
    expectClose(first(), recorded.logits, "logits");

    const epoch = (of: Classifier, optimizer: Adam): number[] =>
      recorded.labels.map((labels, batch) => {
        using _scope = tensorScope();
        optimizer.zeroGrad();
        const loss = nn.functional.crossEntropy(logits(batch, of), tf.tensor1d(labels, "int32"));
        backward(loss);
        optimizer.step();
        return loss.dataSync()[0] ?? Number.NaN;
      });
    const optimizer = new Adam(model.parameters(), { lr: 0.01, amsgrad: true });
    expectClose(epoch(model, optimizer), recorded.losses, "losses of one epoch");
    expectClose(first(), recorded.logitsAfterTraining, "logits after training");

    if (process.env["UPDATE_FIXTURES"] === "1") {
      const weights = [...model.stateDict()].map(
        ([key, tensor]) => [key, hostTensor(Float32Array.from(tensor.dataSync()), tensor.shape, "float32")] as const,
      );
      writeFileSync(path(`${name}.trained.safetensors`), encodeSafetensors(new Map(weights)));
      using _scope = tensorScope();
      writeState(`${name}.trained.adam`, optimizer.stateDict());
    }
    const again = create();
    again.loadStateDict(weightsOf(`${name}.trained.safetensors`));
    expectClose(first(again), recorded.logitsOfTrainedHere, "logits of PyTorch with the weights trained here");
    const resumed = new Adam(again.parameters());
    const secondEpoch = (state: string, weights: string): number[] => {
      again.loadStateDict(weightsOf(weights));
      resumed.loadStateDict(readState(state));
      return epoch(again, resumed);
    };
    const fromTorch = secondEpoch(`${name}.adam`, `${name}.after.safetensors`);
    expectClose(fromTorch, recorded.secondEpoch, "second epoch with PyTorch's state of Adam");
    const fromHere = secondEpoch(`${name}.trained.adam`, `${name}.trained.safetensors`);
    expectClose(fromHere, recorded.secondEpochOfTrainedHere, "second epoch of PyTorch with the state from here");
    for (const one of [optimizer, resumed, model, again]) one.dispose();
  });
});
