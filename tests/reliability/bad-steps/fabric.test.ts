import * as L from "lightning-ts";
import { DataLoader, F, IterableDataset, nn, optim, RandomStream, rememberForRollback, tf } from "lightning-ts/core";
import { expect, it } from "vitest";

type Item = [x: Float32Array, y: number];
const [BATCH, BATCHES, CLASSES] = [4, 60, 3];

/** Batches by their numbers; those that `isBad` names have a label that does not exist. */
class Batches extends IterableDataset<Item> {
  constructor(
    readonly numbers: readonly number[],
    readonly isBad: (number: number) => boolean,
  ) {
    super();
  }

  override async *[Symbol.asyncIterator](): AsyncIterator<Item> {
    for (const number of this.numbers) {
      const random = RandomStream.fromSeed(number, "fabric");
      for (let i = 0; i < BATCH; i += 1)
        yield [
          random.fillNormal(new Float32Array(5)),
          this.isBad(number) && i === 1 ? CLASSES : random.integer(CLASSES),
        ];
    }
  }
}

/** A hand-written loop that goes on with the next batch when a step fails. */
async function train(numbers: readonly number[], isBad: (number: number) => boolean) {
  L.seedEverything(5);
  const fabric = new L.Fabric();
  await fabric.launch();
  const net = new nn.Sequential(
    new nn.Linear(5, 8),
    new nn.BatchNorm1d(8),
    new nn.Dropout(0.2),
    new nn.Linear(8, CLASSES),
  );
  const [model, optimizer] = fabric.setup(net, (module) => new optim.AdamW(module.parameters(), { lr: 0.02 }));
  const committed: number[] = [];
  const errors: unknown[] = [];
  let position = 0;
  while (position < numbers.length && errors.length < numbers.length) {
    try {
      const loader = fabric.setupDataloaders(
        new DataLoader(new Batches(numbers.slice(position), isBad), { batchSize: BATCH }),
      );
      for await (const [x, y] of loader) {
        const number = numbers[position] ?? -1;
        position += 1;
        optimizer.zeroGrad();
        fabric.backward(F.crossEntropy(model.forward(x), tf.cast(y, "int32")));
        optimizer.step();
        rememberForRollback(committed, () => {
          const { length } = committed;
          return () => {
            committed.length = length;
          };
        });
        committed.push(number);
      }
    } catch (error) {
      errors.push(error);
    }
  }
  await fabric.barrier();
  const weights = Object.fromEntries(
    await Promise.all([...net.stateDict()].map(async ([name, tensor]) => [name, [...(await tensor.data())]] as const)),
  );
  const moments = Array.from(optimizer.state.values(), ({ step, tensors }) => [
    step,
    ...Array.from(tensors, ([name, tensor]) => [name, ...tensor.dataSync()]),
  ]);
  await fabric.close();
  return { committed, errors, state: { weights, moments, dropout: RandomStream.named("dropout").state() } };
}

it(
  "a Fabric loop goes on after batches with bad labels as if they had not been there",
  { timeout: 60_000 },
  async () => {
    const numbers = Array.from({ length: BATCHES }, (_, number) => number);
    const mixed = await train(numbers, (number) => number % 5 === 3);
    expect(mixed.errors.length).toBeGreaterThanOrEqual(BATCHES / 5 - 1);
    for (const error of mixed.errors) expect(String(error)).toContain("out of range");
    expect(mixed.committed.length).toBeGreaterThan(BATCHES / 2);
    expect(mixed.committed.filter((number) => number % 5 === 3)).toEqual([]);
    const clean = await train(mixed.committed, () => false);
    expect(clean.errors).toEqual([]);
    expect(mixed.state).toEqual(clean.state);
  },
);
