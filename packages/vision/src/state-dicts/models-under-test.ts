import { backward, decodeSafetensors, F, nn, optim, tensorScope, tf } from "@lightning-ts/core";
import { readFileSync } from "node:fs";
import { formulaState, uniform } from "../models/formula-weights-under-test.js";
import { resnet18 } from "../models/resnet/resnets.js";

interface StateDictCase {
  readonly shape: readonly number[];
  readonly lr: number;
  readonly before: { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly losses: readonly number[];
  readonly norms: Readonly<Record<string, number>>;
  readonly after: StateDictCase["before"];
}

/** Recorded with torch 2.15: tests/parity/record_state_dicts.py. */
export const fixture: { readonly cases: Readonly<Record<string, StateDictCase>> } = JSON.parse(
  readFileSync(new URL("fixtures/state-dicts.json", import.meta.url), "utf8"),
);

class LstmClassifier extends nn.Module {
  readonly lstm = new nn.LSTM(5, 8, { numLayers: 2, bidirectional: true, batchFirst: true });
  readonly fc = new nn.Linear(16, 3);

  override forward(x: tf.Tensor): tf.Tensor {
    const [outputs] = this.lstm.forward(x);
    const [batch = 0, steps = 0] = outputs.shape;
    return this.fc.forward(tf.reshape(tf.slice(outputs, [0, steps - 1, 0], [batch, 1, 16]), [batch, 16]));
  }
}

class EncoderClassifier extends nn.Module {
  readonly encoder = new nn.TransformerEncoder(
    new nn.TransformerEncoderLayer(16, 4, { dimFeedforward: 32, dropout: 0, batchFirst: true }),
    2,
  );
  readonly fc = new nn.Linear(16, 3);

  override forward(x: tf.Tensor): tf.Tensor {
    return this.fc.forward(tf.mean(this.encoder.forward(x), 1));
  }
}

/** The models with the weights that Python gave them: a file of its own, or the formula for the large one. */
export const MODELS: Readonly<Record<string, () => nn.TensorModule>> = {
  resnet18: () => {
    const model = resnet18({ numClasses: 3 });
    model.loadStateDict(formulaState(model));
    return model;
  },
  lstm: () => fromFile("lstm", new LstmClassifier()),
  encoder: () => fromFile("encoder", new EncoderClassifier()),
};

function fromFile<TModel extends nn.Module>(name: string, model: TModel): TModel {
  const file = readFileSync(new URL(`fixtures/${name}.safetensors`, import.meta.url));
  model.loadStateDict(decodeSafetensors(file).tensors);
  return model;
}

export function batch(index: number, shape: readonly number[]): [x: tf.Tensor, y: tf.Tensor] {
  const size = shape.reduce((product, length) => product * length, 1);
  const x = tf.tensor(Float32Array.from(uniform(500 + index, size)), [...shape]);
  return [x, tf.tensor1d(Int32Array.from({ length: shape[0] ?? 0 }, (_, i) => i % 3))];
}

/** One epoch with SGD, as the recording's. Returns the loss of each batch. */
export async function trainEpoch(name: string, model: nn.TensorModule): Promise<number[]> {
  const { shape = [], losses = [], lr = 0 } = fixture.cases[name] ?? {};
  const optimizer = new optim.SGD(model.parameters(), { lr, momentum: 0.9 });
  const found: number[] = [];
  model.train();
  for (const index of losses.keys()) {
    using _scope = tensorScope();
    const [x, y] = batch(index, shape);
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(x), y);
    backward(loss);
    optimizer.step();
    found.push(Number((await loss.data())[0]));
  }
  optimizer.zeroGrad();
  return found;
}
