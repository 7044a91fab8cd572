import { DataLoader } from "@lightning-ts/core";
import { cpu, Fabric, SingleDeviceStrategy } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { CombinedLoader } from "./combined-loader.js";

/** One rank of two, as far as data are concerned. */
class HalfOfData extends SingleDeviceStrategy {
  override readonly samplerRanks: { readonly numReplicas: number; readonly rank: number };

  constructor(rank: number) {
    super();
    this.samplerRanks = { numReplicas: 2, rank };
  }
}

const numbers = (...values: number[]) => new DataLoader(values, { batchSize: 1 });
const combined = () => new CombinedLoader({ a: numbers(1, 2, 3, 4), b: [numbers(7, 8)] }, "max_size_cycle");

async function seenBy(rank: number, options?: { readonly useDistributedSampler: boolean }): Promise<unknown[]> {
  const fabric = new Fabric({
    accelerator: cpu({ backend: "cpu" }),
    strategy: new HalfOfData(rank),
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
  });
  await fabric.launch();
  const seen: unknown[] = [];
  for await (const [batch] of fabric.setupDataloaders(combined(), { ...options })) {
    seen.push(JSON.parse(JSON.stringify(batch, (_, value) => value?.dataSync?.()[0] ?? value)));
  }
  await fabric.close();
  return seen;
}

it("each of its loaders is divided among the ranks of a Fabric", async () => {
  expect(await seenBy(0)).toEqual([
    { a: 1, b: [7] },
    { a: 3, b: [7] },
  ]);
  expect(await seenBy(1)).toEqual([
    { a: 2, b: [8] },
    { a: 4, b: [8] },
  ]);
  expect(await seenBy(1, { useDistributedSampler: false })).toHaveLength(4);
});
