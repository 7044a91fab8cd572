import { describeValue, MisconfigurationError, nearestName, rejectUnknownOptions } from "@lightning-ts/core";
import { Table } from "../table/table.js";
import { arrowColumn } from "./arrow-column.js";
import type { ArrowTable } from "./arrow-like.js";

export interface ArrowOptions {
  /** The columns to take. @default all */
  readonly columns?: readonly string[] | undefined;
}

/**
 * A table around the memory of an Arrow table: its buffers are used as they are, where that is possible. 32-bit
 * integers and smaller ones become "integer", 64-bit ones "bigint", floats "number", times "date", dictionaries of
 * texts "category" in their order.
 * @throws MisconfigurationError for lists, records, bytes and decimals among the columns
 * @example
 * ```ts
 * import { fromArrow, type ArrowTable } from "@lightning-ts/data";
 *
 * const firstMass = (table: ArrowTable) => fromArrow(table, { columns: ["mass"] }).row(0);
 * console.log(typeof firstMass); // with a table of apache-arrow: { mass: 3.7 }
 * ```
 */
export function fromArrow(table: ArrowTable, options: ArrowOptions = {}): Table {
  rejectUnknownOptions("fromArrow", options, ["columns"]);
  if (typeof Object(table).getChild !== "function" || !Array.isArray(Object(Object(table).schema).fields))
    throw new MisconfigurationError({
      message: "fromArrow takes a table of apache-arrow.",
      received: describeValue(table),
      tryThis: "readArrow for a file or its bytes, fromPolars for a DataFrame of Polars.",
    });
  const all = table.schema.fields.map(({ name }) => name);
  const columns = (options.columns ?? all).map((name) => {
    const vector = table.getChild(name);
    if (vector === null || !all.includes(name)) throw noColumn(name, all);
    return [name, arrowColumn(name, vector)] as const;
  });
  return new Table(Object.fromEntries(columns));
}

function noColumn(name: string, all: readonly string[]): MisconfigurationError {
  const nearest = nearestName(name, all);
  return new MisconfigurationError({
    message: `The Arrow table has no column ${JSON.stringify(name)}.`,
    expected: `one of ${all.join(", ")}`,
    tryThis: nearest === undefined ? undefined : `${nearest} (did you mean that?)`,
  });
}
