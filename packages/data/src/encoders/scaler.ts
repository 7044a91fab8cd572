import { isFloat, rejectUnknownOptions } from "@lightning-ts/core";
import type { Column } from "../table/column.js";
import {
  missingValue,
  numberReader,
  wrongState,
  type Encoder,
  type FittedColumn,
  type Matrix,
  type NamedColumn,
} from "./encoder.js";

export interface ScalerOptions {
  /** What becomes of missing values: an error, the mean of the column, or NaN. @default "error" */
  readonly missing?: "error" | "mean" | "nan" | undefined;
}

/** Numbers minus `center`, divided by `scale`. */
export abstract class Scaler implements Encoder {
  abstract readonly kind: string;
  readonly #missing: "error" | "mean" | "nan";

  constructor(owner: string, options: ScalerOptions) {
    rejectUnknownOptions(owner, options, ["missing"]);
    this.#missing = options.missing ?? "error";
  }

  /** @param values those that are there */
  protected abstract measure(values: Float64Array): { readonly center: number; readonly scale: number };

  fit(name: string, column: Column): FittedColumn {
    const read = numberReader(this.kind, { name, column });
    const all = Float64Array.from({ length: column.values.length }, (_, row) => read(row));
    const values = all.filter((value) => !Number.isNaN(value));
    if (values.length === 0) throw missingValue(this.kind, name, 0, "a column with values");
    return { ...this.measure(values), mean: meanOf(values) };
  }

  outputs(name: string): readonly string[] {
    return [name];
  }

  write({ values, width }: Matrix, offset: number, source: NamedColumn, fitted: FittedColumn): void {
    const read = numberReader(this.kind, source);
    const { center, scale, mean } = numbersOf(this.kind, fitted);
    for (let row = 0; row < source.column.values.length; row += 1) {
      let value = read(row);
      if (Number.isNaN(value) && this.#missing !== "nan") {
        if (this.#missing === "error")
          throw missingValue(this.kind, source.name, row, `new ${this.kind}({ missing: "mean" })`);
        value = mean;
      }
      values[row * width + offset] = (value - center) / scale;
    }
  }

  check(fitted: FittedColumn): FittedColumn {
    return numbersOf(this.kind, fitted);
  }
}

function numbersOf(kind: string, fitted: FittedColumn) {
  const { center, scale, mean } = fitted;
  if (!isFloat(center) || !isFloat(scale) || !isFloat(mean) || scale === 0) throw wrongState(kind, fitted);
  return { center, scale, mean };
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
