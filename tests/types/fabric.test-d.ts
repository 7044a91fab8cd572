import { DataLoader, nn, optim, TensorDataset, type tf } from "lightning-ts/core";
import type { Fabric, FabricDataLoader } from "lightning-ts/fabric";
import { expectTypeOf } from "vitest";

class Net extends nn.Module {
  readonly layer = new nn.Linear(4, 2);

  override forward(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x);
  }
}

declare const fabric: Fabric;
declare const xs: tf.TensorBuffer<tf.Rank.R2>;
declare const tfOptimizer: tf.AdamOptimizer;

// A model alone comes back as itself, with `module` and `markForwardMethod`.
const alone = fabric.setup(new Net());
expectTypeOf(alone).toExtend<Net>();
expectTypeOf(alone.module).toEqualTypeOf<Net>();

// Optimizers come back in their order; a factory gets the model and counts as what it returns.
const [model, adam, sgd, raw] = fabric.setup(
  new Net(),
  (m) => {
    expectTypeOf(m).toEqualTypeOf<Net>();
    return new optim.Adam(m.parameters());
  },
  new optim.SGD(new Net().parameters(), { lr: 0.1 }),
  tfOptimizer,
);
expectTypeOf(model).toExtend<Net>();
expectTypeOf(adam).toExtend<optim.Adam>();
expectTypeOf(adam.optimizer).toEqualTypeOf<optim.Adam>();
expectTypeOf(sgd.optimizer).toEqualTypeOf<optim.SGD>();
expectTypeOf(raw).toExtend<tf.AdamOptimizer>();
expectTypeOf(raw.zeroGrad).toBeFunction();

// @ts-expect-error a string is no optimizer
fabric.setup(new Net(), "adam");

// Batches are on the device: buffers became tensors of the same rank.
const one = fabric.setupDataloaders(new DataLoader(new TensorDataset(xs, Int32Array.of(1, 2)), { batchSize: 2 }));
for await (const [x, y] of one) {
  expectTypeOf(x).toEqualTypeOf<tf.Tensor<tf.Rank.R2>>();
  expectTypeOf(y).toEqualTypeOf<tf.Tensor<tf.Rank.R1>>();
}
declare const texts: AsyncIterable<{ text: string; ids: tf.TensorBuffer<tf.Rank.R2, "int32"> }>;
const [first, second] = fabric.setupDataloaders(texts, texts);
expectTypeOf(first).toEqualTypeOf<FabricDataLoader<{ text: string; ids: tf.TensorBuffer<tf.Rank.R2, "int32"> }>>();
for await (const { text, ids } of second) {
  expectTypeOf(text).toEqualTypeOf<string>();
  expectTypeOf(ids).toEqualTypeOf<tf.Tensor<tf.Rank.R2>>();
}

// What a launched function returns is what launch resolves to, with typed arguments.
expectTypeOf(fabric.launch(async (_fabric, count: number) => count * 2, 3)).toEqualTypeOf<Promise<number>>();
expectTypeOf(fabric.step(() => "result")).toEqualTypeOf<string>();
