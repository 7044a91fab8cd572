import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sampler } from "lightning-ts/core";
import { openParquet, readCsv } from "lightning-ts/data";

const RECORDED = "../../../packages/data/src/parquet/fixtures/parquet.json";
const NAME = "long, small groups and pages";
const ROWS_OF_RECORDED = 300;

/** A Parquet file and a CSV file, read anew each time. */
export function tableFiles(rows: number) {
  const folder = mkdtempSync(join(tmpdir(), "table-files-"));
  const [parquet, csv] = [join(folder, "rows.parquet"), join(folder, "rows.csv")];
  const { files }: { files: readonly { name: string; base64: string }[] } = JSON.parse(
    readFileSync(new URL(RECORDED, import.meta.url), "utf8"),
  );
  writeFileSync(parquet, Buffer.from(files.find(({ name }) => name === NAME)?.base64 ?? "", "base64"));
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row / 2},word ${row % 17}\n`);
  writeFileSync(csv, `row,half,word\n${lines.join("")}`);
  // The rows of the recorded file again and again, in an order that needs another of its blocks for most of them.
  const parquetRows: Sampler = {
    length: rows,
    *indices() {
      for (let i = 0; i < rows; i += 1) yield (i * 71) % ROWS_OF_RECORDED;
    },
  };
  return {
    parquetRows,
    parquet: () => openParquet(parquet, { columns: { row: "integer", half: "number", word: "text" }, cacheBlocks: 2 }),
    csv: () => readCsv(csv, { columns: { row: "integer", half: "number", word: "text" } }),
  };
}
