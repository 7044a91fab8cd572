import type * as tf from "@tensorflow/tfjs-core";
import * as L from "lightning-ts";
import { TensorDataset } from "lightning-ts/core";
import { ColumnTransformer, LabelEncoder, OneHotEncoder, StandardScaler, type Table } from "lightning-ts/data";

/** Features `[B, 9]` and species `[B]`. */
export type PenguinBatch = [features: tf.Tensor2D, species: tf.Tensor1D];

interface Parts {
  readonly train: Table;
  readonly validation: Table;
}

/** Splits a table of penguins, and scales it by what the training part has. */
export class PenguinDataModule extends L.LightningDataModule<PenguinBatch> {
  readonly features = new ColumnTransformer([
    [new StandardScaler({ missing: "mean" }), ["beak_length", "beak_depth", "flipper_length", "mass"]],
    [new OneHotEncoder({ missing: "zeros" }), ["island", "sex"]],
  ]);
  readonly species = new LabelEncoder("species");
  readonly #table: Table | undefined;
  #parts: Parts | undefined;

  /** @param table left out where only the scalers are needed */
  constructor(table?: Table) {
    super();
    this.#table = table;
  }

  override setup(): void {
    if (this.#table === undefined || this.#parts !== undefined) return;
    const [train, validation] = this.#table.split([0.75, 0.25], { seed: 42 });
    this.#parts = { train, validation };
    this.features.fit(train);
    this.species.fit(train);
  }

  override trainDataloader() {
    return new L.DataLoader(this.#dataset("train"), { batchSize: 16, shuffle: true });
  }

  override valDataloader() {
    return new L.DataLoader(this.#dataset("validation"), { batchSize: 128 });
  }

  override stateDict() {
    return { features: this.features.stateDict(), species: this.species.stateDict() };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    this.features.loadStateDict(state["features"]);
    this.species.loadStateDict(state["species"]);
  }

  #dataset(part: keyof Parts) {
    const table = this.#parts?.[part];
    if (table === undefined)
      throw new Error("There are no penguins yet. Try: new PenguinDataModule(table), then setup().");
    return new TensorDataset(this.features.transform(table), this.species.transform(table));
  }
}
