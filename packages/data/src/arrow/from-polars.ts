import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { Table } from "../table/table.js";
import type { ArrowOptions } from "./from-arrow.js";
import { readTable } from "./read-arrow.js";

/** A DataFrame of nodejs-polars. */
export interface PolarsDataFrame {
  writeIPC(): Uint8Array;
}

/**
 * A table of a DataFrame of nodejs-polars. Its columns come over as Arrow buffers, one copy of each; no row is touched.
 * It needs the package apache-arrow. Integers of 64 bits become "bigint", categoricals "category", and what is null is
 * missing.
 * @throws MisconfigurationError for lists, structs and decimals among the columns
 */
export async function fromPolars(frame: PolarsDataFrame, options: ArrowOptions = {}): Promise<Table> {
  rejectUnknownOptions("fromPolars", options, ["columns"]);
  if (typeof Object(frame).writeIPC !== "function")
    throw new MisconfigurationError({
      message: "fromPolars takes a DataFrame of nodejs-polars.",
      received: describeValue(frame),
      tryThis: "await lazyFrame.collect(), or series.toFrame().",
    });
  return readTable("the DataFrame", frame.writeIPC(), options);
}
