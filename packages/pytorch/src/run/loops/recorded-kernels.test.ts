import { backward, F, nn, optim, resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { LambdaCallback } from "../../callbacks/lambda-callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 3);
  constructor(readonly logs: boolean) {
    super();
  }
  override trainingStep([x, y]: Batch) {
    const loss = F.crossEntropy(this.layer.forward(x), y);
    if (this.logs) this.log("train_loss", loss, { progBar: true });
    return loss;
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters());
  }
}

/** Counts kernels from now on. */
function countKernels(): { count: number } {
  const counter = { count: 0 };
  const engine = tf.engine();
  const original = Reflect.get(engine, "runKernelFunc") as (...args: unknown[]) => unknown;
  Object.defineProperty(engine, "runKernelFunc", {
    configurable: true,
    value(this: unknown, ...args: unknown[]) {
      counter.count += 1;
      return original.apply(this, args);
    },
  });
  return counter;
}

async function handWritten(): Promise<number> {
  await resolveBackend("cpu");
  const net = new nn.Linear(4, 3);
  const optimizer = new optim.Adam(net.parameters());
  const step = () => {
    using _scope = tensorScope();
    const [x, y] = [tf.ones<tf.Rank.R2>([2, 4]), tf.zeros<tf.Rank.R1>([2], "int32")];
    const counter = countKernels();
    const loss = F.crossEntropy(net.forward(x), y);
    optimizer.zeroGrad();
    backward(loss);
    optimizer.step();
    return counter.count;
  };
  step();
  return step();
}

async function trained(logs: boolean): Promise<number> {
  let counter = { count: 0 };
  let inStep = -1;
  const count = new LambdaCallback({
    onTrainBatchStart: () => void (counter = countKernels()),
    onTrainBatchEnd: () => void (inStep = counter.count),
  });
  const trainer = quietTrainer({ maxEpochs: 1, callbacks: count });
  const batch = () =>
    [tf.buffer<tf.Rank.R2>([2, 4]), tf.buffer<tf.Rank.R1, "int32">([2], "int32")] satisfies [unknown, unknown];
  await trainer.fit(new Net(logs), [batch(), batch()]);
  return inStep;
}

it("a step of the Trainer records the kernels of a hand-written one, also where tensors are logged", async () => {
  const expected = await handWritten();
  expect(expected).toBeGreaterThan(3);
  expect(await trained(false)).toBe(expected);
  expect(await trained(true)).toBe(expected);
});
