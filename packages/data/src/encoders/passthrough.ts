import { numberReader, type Encoder, type FittedColumn, type Matrix, type NamedColumn } from "./encoder.js";

/** Numbers as they are; missing ones are NaN. */
export const passthrough: Encoder = {
  kind: "passthrough",
  fit: () => ({}),
  outputs: (name) => [name],
  write({ values, width }: Matrix, offset: number, source: NamedColumn): void {
    const read = numberReader("passthrough", source);
    for (let row = 0; row < source.column.values.length; row += 1) values[row * width + offset] = read(row);
  },
  check: (fitted: FittedColumn) => fitted,
};
