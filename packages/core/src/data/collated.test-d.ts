import type { Rank, Tensor, Tensor1D, TensorBuffer } from "@tensorflow/tfjs-core";
import { buffer } from "@tensorflow/tfjs-core";
import { expectTypeOf } from "vitest";
import type { Collated } from "./collated.js";
import { DataLoader } from "./data-loader.js";
import type { Dataset } from "./dataset.js";
import { TensorDataset } from "./tensor-dataset.js";
import type { ComparableBatch, OnDevice } from "./to-device.js";

interface Item {
  readonly image: Float32Array;
  readonly label: number;
  readonly name: string;
}
type Floats<TRank extends Rank> = TensorBuffer<TRank, "float32">;

expectTypeOf<Collated<number>>().toEqualTypeOf<Floats<Rank.R1>>();
expectTypeOf<Collated<boolean>>().toEqualTypeOf<TensorBuffer<Rank.R1, "bool">>();
expectTypeOf<Collated<[Float32Array, number]>>().toEqualTypeOf<[Floats<Rank.R2>, Floats<Rank.R1>]>();
expectTypeOf<Collated<TensorBuffer<Rank.R0, "int32">>>().toEqualTypeOf<TensorBuffer<Rank.R1, "int32">>();
expectTypeOf<Collated<Uint8Array>>().toEqualTypeOf<TensorBuffer<Rank.R2, "int32">>();
expectTypeOf<Collated<Item>>().toEqualTypeOf<{
  readonly image: Floats<Rank.R2>;
  readonly label: Floats<Rank.R1>;
  readonly name: string[];
}>();
expectTypeOf<Collated<undefined>>().toEqualTypeOf<never>();

expectTypeOf<OnDevice<Collated<[Float32Array, number]>>>().toEqualTypeOf<[Tensor<Rank.R2>, Tensor1D]>();
expectTypeOf<OnDevice<Collated<Item>>>().toEqualTypeOf<{
  readonly image: Tensor<Rank.R2>;
  readonly label: Tensor1D;
  readonly name: string[];
}>();
expectTypeOf<OnDevice<{ kept: Tensor1D; text: string; raw: Float32Array }>>().toEqualTypeOf<{
  kept: Tensor1D;
  text: string;
  raw: Float32Array;
}>();

declare const items: Dataset<Item>;
const loader = new DataLoader(items, { batchSize: 4 });
expectTypeOf(loader).toExtend<DataLoader<Item, Collated<Item>>>();
expectTypeOf(loader.batchType).toEqualTypeOf<ComparableBatch<Collated<Item>>>();

const counted = new DataLoader(items, { collate: (batch) => batch.map((item) => item.label) });
expectTypeOf(counted).toEqualTypeOf<DataLoader<Item, number[]>>();

const images = buffer<Rank.R2>([2, 3]);
const dataset = new TensorDataset(images, Int32Array.of(1, 2));
expectTypeOf(dataset.get(0)).toEqualTypeOf<[Floats<Rank.R1>, TensorBuffer<Rank.R0, "int32">]>();
const tensorLoader = new DataLoader(dataset);
type TensorBatch = typeof tensorLoader extends AsyncIterable<infer TBatch> ? OnDevice<TBatch> : never;
expectTypeOf<TensorBatch>().toEqualTypeOf<[Tensor<Rank.R2>, Tensor1D]>();

// Items that nobody has typed make batches that fit everywhere.
const parsed = JSON.parse("[]");
expectTypeOf(new DataLoader([parsed]).batchType).toBeAny();
for await (const batch of new DataLoader([parsed])) expectTypeOf(batch).toBeAny();
expectTypeOf<OnDevice<typeof parsed>>().toBeAny();
for await (const batch of new DataLoader(parsed)) expectTypeOf(batch).toBeAny();
declare const untyped: Dataset<unknown>;
for await (const batch of new DataLoader(untyped, { batchSize: 2 })) expectTypeOf(batch).toBeAny();
