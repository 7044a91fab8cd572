import { afterAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { clipGradNorm } from "../nn/utils/clip-gradients.js";
import * as nn from "../nn/index.js";
import { AdamW } from "../optim/adam.js";
import { seedEverything } from "../random/global-random.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { resolveBackend } from "./resolve-backend.js";

class Tagger extends nn.Module {
  readonly table = new nn.Embedding(6, 4);
  readonly body = new nn.Sequential(
    new nn.LayerNorm(4),
    new nn.Linear(4, 8),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.BatchNorm1d(8),
    new nn.Linear(8, 3),
  );
  override forward(words: tf.Tensor): tf.Tensor {
    return this.body.forward(this.table.forward(words));
  }
}

/** Six losses of a small model with most of the layers that wasm can train. */
function train(): number[] {
  seedEverything(5);
  const model = new Tagger();
  const optimizer = new AdamW(model.parameters(), { lr: 0.05 });
  const losses: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    using _scope = tensorScope();
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(
      model.forward(tf.tensor1d([0, 1, 5, 1], "int32")),
      tf.tensor1d([0, 1, 2, 1], "int32"),
    );
    backward(loss);
    clipGradNorm(model.parameters(), 1);
    optimizer.step();
    losses.push(loss.dataSync()[0] ?? Number.NaN);
  }
  model.dispose();
  return losses;
}

describe("the wasm backend", () => {
  afterAll(async () => {
    await resolveBackend("cpu");
  });

  it("trains models without convolutions as cpu does", async () => {
    await resolveBackend("cpu");
    const expected = train();
    await resolveBackend("wasm", { threads: 1 });
    const actual = train();
    expect(expected.at(-1)).toBeLessThan(expected[0] ?? 0);
    actual.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i] ?? Number.NaN, 4));
  });
});
