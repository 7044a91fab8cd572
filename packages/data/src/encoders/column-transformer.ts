import { describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import type { AnyTable } from "../table/table-types.js";
import { wrongState, type Encoder, type FittedColumn } from "./encoder.js";
import { passthrough } from "./passthrough.js";

/** An encoder and the columns that it is for. */
export type EncodedColumns = readonly [encoder: Encoder | "passthrough", columns: readonly string[]];

/** What a ColumnTransformer has learnt, as plain data. */
export interface ColumnTransformerState {
  readonly version: 1;
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly fitted: FittedColumn }[];
}

interface Part {
  readonly name: string;
  readonly encoder: Encoder;
}

/**
 * Turns columns of a table into a matrix of numbers, with what it learnt from the training part alone: the words are
 * scikit-learn's. What it learnt is plain data: in a data module's `stateDict` it is part of every checkpoint.
 * @example
 * ```ts
 * import { ColumnTransformer, OneHotEncoder, StandardScaler, Table } from "@lightning-ts/data";
 *
 * const train = new Table({ mass: [1, 3], island: ["north", "south"] });
 * const features = new ColumnTransformer([
 *   [new StandardScaler(), ["mass"]],
 *   [new OneHotEncoder(), ["island"]],
 * ]);
 * console.log(features.fit(train).transform(train).values); // -1 1 0, 1 0 1
 * console.log(features.featureNames); // mass, island_north, island_south
 * ```
 */
export class ColumnTransformer {
  readonly #parts: readonly Part[];
  #fitted: readonly FittedColumn[] | undefined;

  constructor(encoders: readonly EncodedColumns[]) {
    this.#parts = encoders.flatMap(([encoder, columns]) =>
      columns.map((name) => ({ name, encoder: encoder === "passthrough" ? passthrough : encoder })),
    );
    if (this.#parts.length === 0)
      throw new MisconfigurationError({
        message: "A ColumnTransformer has no columns.",
        expected: '[[new StandardScaler(), ["mass"]], …]',
        received: describeValue(encoders),
      });
  }

  /** Names of the numbers in a row. */
  get featureNames(): readonly string[] {
    const fitted = this.#learnt();
    return this.#parts.flatMap(({ name, encoder }, i) => encoder.outputs(name, fitted[i] ?? {}));
  }

  /** Learns means, deviations and categories. @param train the training part alone */
  fit(train: AnyTable): this {
    this.#fitted = this.#parts.map(({ name, encoder }) => encoder.fit(name, train.find(name)));
    return this;
  }

  /**
   * @returns [rows, features]
   * @throws DatasetError for missing values and unknown categories, unless the encoders say what becomes of them
   */
  transform(table: AnyTable): TensorBuffer<Rank.R2, "float32"> {
    const fitted = this.#learnt();
    const width = this.featureNames.length;
    const values = new Float32Array(table.length * width);
    let offset = 0;
    for (const [i, { name, encoder }] of this.#parts.entries()) {
      const learnt = fitted[i] ?? {};
      encoder.write({ values, width }, offset, { name, column: table.find(name) }, learnt);
      offset += encoder.outputs(name, learnt).length;
    }
    return new TensorBuffer<Rank.R2, "float32">([table.length, width], "float32", values);
  }

  stateDict(): ColumnTransformerState {
    const fitted = this.#learnt();
    const columns = this.#parts.map(({ name, encoder }, i) => ({ name, kind: encoder.kind, fitted: fitted[i] ?? {} }));
    return { version: 1, columns };
  }

  /** @throws MisconfigurationError for what a ColumnTransformer with other columns or encoders has saved */
  loadStateDict(state: unknown): void {
    const columns = isPlainObject(state) && state["version"] === 1 ? state["columns"] : undefined;
    if (!Array.isArray(columns)) throw wrongState("ColumnTransformer", state);
    const saved: readonly unknown[] = columns;
    const [given, own] = [saved.map(nameOf), this.#parts.map(({ name, encoder }) => `${encoder.kind} of ${name}`)];
    if (given.join("\n") !== own.join("\n"))
      throw new MisconfigurationError({
        message: "The saved state belongs to a ColumnTransformer with other columns.",
        expected: own.join(", "),
        received: given.join(", "),
      });
    this.#fitted = this.#parts.map(({ encoder }, i) => encoder.check(fittedOf(saved[i])));
  }

  #learnt(): readonly FittedColumn[] {
    if (this.#fitted !== undefined) return this.#fitted;
    throw new MisconfigurationError({
      message: "The ColumnTransformer has learnt nothing yet.",
      tryThis: "fit(train) first, or loadStateDict() with what a checkpoint holds.",
    });
  }
}

function nameOf(saved: unknown): string {
  return isPlainObject(saved) ? `${String(saved["kind"])} of ${String(saved["name"])}` : describeValue(saved);
}

function fittedOf(saved: unknown): FittedColumn {
  const fitted = isPlainObject(saved) ? saved["fitted"] : undefined;
  return isPlainObject(fitted) ? fitted : {};
}
