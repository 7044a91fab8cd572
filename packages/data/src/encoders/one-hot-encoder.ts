import { DatasetError, describeValue, rejectUnknownOptions } from "@lightning-ts/core";
import type { Column } from "../table/column.js";
import { categoriesOf, categoryAt } from "./categories-of.js";
import { missingValue, wrongState, type Encoder, type FittedColumn, type Matrix, type NamedColumn } from "./encoder.js";

export interface OneHotEncoderOptions {
  /** What becomes of a category that the training part does not have: an error, or zeros. @default "error" */
  readonly unknown?: "error" | "zeros" | undefined;
  /** What becomes of missing values: an error, zeros, or a category of their own. @default "error" */
  readonly missing?: "error" | "zeros" | "category" | undefined;
}

const MISSING = "missing";

/**
 * One number for each category of a column: 1 for the one that a row has, else 0. Categories are sorted.
 * @example
 * ```ts
 * import { ColumnTransformer, OneHotEncoder, Table } from "@lightning-ts/data";
 *
 * const train = new Table({ island: ["north", "south", "north"] });
 * const features = new ColumnTransformer([[new OneHotEncoder(), ["island"]]]).fit(train);
 * console.log(features.transform(train).values); // 1 0, 0 1, 1 0
 * ```
 */
export class OneHotEncoder implements Encoder {
  readonly kind = "OneHotEncoder";
  readonly #unknown: "error" | "zeros";
  readonly #missing: "error" | "zeros" | "category";

  constructor(options: OneHotEncoderOptions = {}) {
    rejectUnknownOptions("OneHotEncoder", options, ["unknown", "missing"]);
    this.#unknown = options.unknown ?? "error";
    this.#missing = options.missing ?? "error";
  }

  fit(_name: string, column: Column): FittedColumn {
    return { categories: categoriesOf(column) };
  }

  outputs(name: string, fitted: FittedColumn): readonly string[] {
    const names = this.#categories(fitted).map((category) => `${name}_${category}`);
    return this.#missing === "category" ? [...names, `${name}_${MISSING}`] : names;
  }

  write({ values, width }: Matrix, offset: number, { name, column }: NamedColumn, fitted: FittedColumn): void {
    const categories = this.#categories(fitted);
    const places = new Map(categories.map((category, place) => [category, place]));
    for (let row = 0; row < column.values.length; row += 1) {
      const category = categoryAt(column, row);
      const place = category === undefined ? this.#placeOfMissing(name, row, places.size) : places.get(category);
      if (place === undefined && category !== undefined && this.#unknown === "error")
        throw new DatasetError({
          message: `OneHotEncoder does not know the category ${describeValue(category)} of column ${JSON.stringify(name)}, row ${row}.`,
          index: row,
          expected: `one that the training part has: ${describeValue(categories)}`,
          tryThis: 'new OneHotEncoder({ unknown: "zeros" }).',
        });
      if (place !== undefined) values[row * width + offset + place] = 1;
    }
  }

  check(fitted: FittedColumn): FittedColumn {
    return { categories: this.#categories(fitted) };
  }

  #placeOfMissing(name: string, row: number, last: number): number | undefined {
    if (this.#missing === "error")
      throw missingValue("OneHotEncoder", name, row, 'new OneHotEncoder({ missing: "category" })');
    return this.#missing === "category" ? last : undefined;
  }

  #categories(fitted: FittedColumn): readonly string[] {
    const { categories } = fitted;
    if (isTexts(categories)) return categories;
    throw wrongState(this.kind, fitted);
  }
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}
