import { beforeAll, describe, expect, it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import type { TrainingBackend } from "../backend/training-backend.js";
import * as nn from "../nn/index.js";
import { AdamW } from "../optim/adam.js";
import { seedEverything } from "../random/global-random.js";
import { awaitOutside, tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backward } from "./backward.js";
import { clipGradNorm } from "../nn/utils/clip-gradients.js";
import { grad } from "./grad.js";

const F = nn.functional;

class Net extends nn.Module {
  readonly features = new nn.Sequential(
    new nn.Conv2d(1, 3, 3, { padding: 1 }),
    new nn.BatchNorm2d(3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Dropout(0.25),
    new nn.Flatten(),
  );
  readonly head = new nn.Sequential(new nn.Linear(27, 8), new nn.ReLU(), new nn.LayerNorm(8), new nn.Linear(8, 3));
  override forward(x: tf.Tensor): tf.Tensor {
    return this.head.forward(this.features.forward(x));
  }
}

const images = Float32Array.from({ length: 4 * 36 }, (_, i) => Math.sin(i));
const batch = (): [tf.Tensor, tf.Tensor] => [tf.tensor(images, [4, 1, 6, 6]), tf.tensor1d([0, 1, 2, 1], "int32")];

describe.each(await backendsUnderTest())("training steps on %s", (name) => {
  let backend: TrainingBackend;
  beforeAll(async () => {
    ({ backend } = await resolveBackend(name));
  });

  async function train(steps: number, during: () => Promise<unknown> = async () => {}): Promise<number[]> {
    seedEverything(3);
    const net = new Net();
    const optimizer = new AdamW(net.parameters(), { lr: 0.01 });
    const losses: number[] = [];
    for (let step = 0; step < steps; step += 1) {
      const scope = tensorScope();
      optimizer.zeroGrad();
      const loss = F.crossEntropy(net.forward(batch()[0]), batch()[1]);
      await awaitOutside(scope, during());
      backward(loss);
      clipGradNorm(net.parameters(), 1);
      optimizer.step();
      losses.push(loss.dataSync()[0] ?? Number.NaN);
      scope.close();
    }
    net.dispose();
    return losses;
  }

  it("leave no tensor and no data behind", async () => {
    const net = new Net();
    const step = (): void => {
      using _scope = tensorScope();
      net.zeroGrad();
      const loss = F.crossEntropy(net.forward(batch()[0]), batch()[1]);
      const [penalty] = grad(loss, [net.head.parameters()[0] ?? loss], { createGraph: true });
      backward(tf.add(loss, tf.sum(tf.square(penalty ?? loss))), { retainGraph: true });
      backward(loss);
      clipGradNorm(net.parameters(), 0.5);
    };
    step();
    await backend.synchronize();
    const before = [
      tf.memory().numTensors,
      tf.memory().numDataBuffers,
      tf.memory().numBytes,
      tf.backend().numDataIds(),
    ];
    for (let i = 0; i < 10; i += 1) step();
    await backend.synchronize();
    expect([
      tf.memory().numTensors,
      tf.memory().numDataBuffers,
      tf.memory().numBytes,
      tf.backend().numDataIds(),
    ]).toEqual(before);
    net.dispose();
  });

  it("give the same losses while another task trains and computes in between", async () => {
    const alone = await train(5);
    const other = async (): Promise<void> => {
      const w = tf.variable(tf.tensor1d([1, 2]));
      await Promise.resolve();
      tf.train.sgd(0.1).minimize(() => tf.sum(tf.square(w)), false, [w]);
      const kept = tf.add(w, 1);
      await kept.data();
      tf.dispose([kept, w]);
    };
    expect(await train(5, other)).toEqual(alone);
    expect(alone.at(-1)).toBeLessThan(alone[0] ?? 0);
  });
});
