import { DatasetError, describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import type { AnyTable } from "../table/table-types.js";
import { categoriesOf, categoryAt } from "./categories-of.js";
import { missingValue, wrongState } from "./encoder.js";
import { isTexts } from "./one-hot-encoder.js";

/**
 * Numbers for the classes of one column: 0 for the first of the sorted classes that the training part has.
 * @example
 * ```ts
 * import { LabelEncoder, Table } from "@lightning-ts/data";
 *
 * const table = new Table({ species: ["owl", "bat", "owl"] });
 * const labels = new LabelEncoder("species").fit(table);
 * console.log(labels.classes, labels.transform(table).values); // ["bat", "owl"] Int32Array [1, 0, 1]
 * ```
 */
export class LabelEncoder {
  readonly column: string;
  #classes: readonly string[] | undefined;

  /** @param column the name of the column with the classes */
  constructor(column: string) {
    this.column = column;
  }

  /** @throws MisconfigurationError before `fit` and `loadStateDict` */
  get classes(): readonly string[] {
    if (this.#classes !== undefined) return this.#classes;
    throw new MisconfigurationError({
      message: `The LabelEncoder of ${JSON.stringify(this.column)} does not know the classes yet.`,
      tryThis: "fit(train) first, or loadStateDict() with what a checkpoint holds.",
    });
  }

  fit(train: AnyTable): this {
    this.#classes = categoriesOf(train.find(this.column));
    return this;
  }

  /**
   * @returns [rows]
   * @throws DatasetError for a class that the training part does not have, and for a missing one
   */
  transform(table: AnyTable): TensorBuffer<Rank.R1, "int32"> {
    const places = new Map(this.classes.map((name, place) => [name, place]));
    const column = table.find(this.column);
    const values = Int32Array.from({ length: table.length }, (_, row) => {
      const name = categoryAt(column, row);
      if (name === undefined) throw missingValue("LabelEncoder", this.column, row, "a class in every row");
      return places.get(name) ?? this.#refuse(name, row);
    });
    return new TensorBuffer<Rank.R1, "int32">([values.length], "int32", values);
  }

  stateDict(): { readonly version: 1; readonly classes: readonly string[] } {
    return { version: 1, classes: this.classes };
  }

  /** @throws MisconfigurationError for what no LabelEncoder has saved */
  loadStateDict(state: unknown): void {
    if (!isPlainObject(state) || state["version"] !== 1 || !isTexts(state["classes"]))
      throw wrongState("LabelEncoder", state);
    this.#classes = state["classes"];
  }

  #refuse(name: string, row: number): never {
    throw new DatasetError({
      message: `LabelEncoder does not know the class ${describeValue(name)} of column ${JSON.stringify(this.column)}, row ${row}.`,
      index: row,
      expected: `one that the training part has: ${describeValue(this.classes)}`,
    });
  }
}
