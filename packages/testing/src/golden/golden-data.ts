import { DataLoader, TensorDataset, tf } from "@lightning-ts/core";
import { type BatchSource, CombinedLoader, LightningDataModule, type LoaderTree } from "@lightning-ts/pytorch";
import type { GoldenConfig, GoldenKind, LoaderConfig } from "./golden-config.js";

const BATCH_SIZE = 2;
const FEATURES = 4;
const USUAL: Readonly<Record<GoldenKind, LoaderConfig>> = { train: [6], val: [4], test: [4], predict: [4] };

/** Rows of small fractions, the same as in `golden_model.py`. */
function rows(first: number, end: number): tf.TensorBuffer<tf.Rank.R2, "float32"> {
  const buffer = tf.buffer<tf.Rank.R2, "float32">([end - first, FEATURES], "float32");
  for (let row = first; row < end; row += 1)
    for (let column = 0; column < FEATURES; column += 1)
      buffer.set((((row * 3 + column * 5) % 7) - 3) / 4, row - first, column);
  return buffer;
}

function loader(count: number) {
  return new DataLoader(new TensorDataset(rows(0, count)), { batchSize: BATCH_SIZE });
}

/** The same batches from an iterable without a length. */
function stream(count: number): Iterable<readonly unknown[]> {
  return {
    *[Symbol.iterator]() {
      for (let first = 0; first < count; first += BATCH_SIZE) yield [rows(first, Math.min(count, first + BATCH_SIZE))];
    },
  };
}

/** The loaders of one kind that the configuration describes. */
export function goldenLoaders(config: GoldenConfig, kind: GoldenKind): LoaderTree | CombinedLoader {
  const given = config[kind] ?? USUAL[kind];
  const make: (count: number) => BatchSource<unknown> = config.stream === kind ? stream : loader;
  const isCombined = "mode" in given && typeof given.mode === "string";
  const sizes = isCombined ? (given as { readonly of: readonly number[] }).of : given;
  const loaders = Array.isArray(sizes)
    ? sizes.map((count: number) => make(count))
    : Object.fromEntries(Object.entries(sizes).map(([name, count]) => [name, make(Number(count))]));
  if (isCombined) return new CombinedLoader(loaders as LoaderTree, { mode: given.mode });
  const [only, ...others] = Array.isArray(loaders) ? loaders : [];
  return (only !== undefined && others.length === 0 ? only : loaders) as LoaderTree;
}

/** How many loaders an evaluation runs one after another. */
export function countSequential(config: GoldenConfig, kind: GoldenKind): number {
  const given = config[kind] ?? USUAL[kind];
  return Array.isArray(given) ? given.length : 1;
}

/** A data module with a configuration's loaders. */
export class GoldenData extends LightningDataModule {
  constructor(readonly config: GoldenConfig) {
    super();
  }
  override trainDataloader() {
    return goldenLoaders(this.config, "train") as CombinedLoader;
  }
  override valDataloader() {
    return goldenLoaders(this.config, "val") as CombinedLoader;
  }
  override testDataloader() {
    return goldenLoaders(this.config, "test") as CombinedLoader;
  }
  override predictDataloader() {
    return goldenLoaders(this.config, "predict") as CombinedLoader;
  }
  override stateDict() {
    return { kept: 1 };
  }
}
