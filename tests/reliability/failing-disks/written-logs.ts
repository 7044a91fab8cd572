import type { MemoryFiles } from "@lightning-ts/testing";
import { LOGS } from "./disk-run.js";

const LENGTH_BYTES = 8;
/** Checksum of the length, bytes, checksum of the bytes. */
const CHECKSUM_BYTES = 4;

/** Steps in the rows of a CSV logger, in their order. */
export async function stepsInTable(files: MemoryFiles): Promise<number[]> {
  const [path] = files.paths().filter((name) => name.startsWith(`${LOGS}/csv/`) && name.endsWith("/metrics.csv"));
  if (path === undefined) return [];
  const [header = "", ...rows] = new TextDecoder().decode(await files.readFile(path)).split("\n");
  const column = header.split(",").indexOf("step");
  return rows.filter((row) => row !== "").map((row) => Number(row.split(",")[column]));
}

/** How many whole events are in the files of a TensorBoard logger, without those that say what a file is. */
export async function eventsInFiles(files: MemoryFiles): Promise<number> {
  let count = 0;
  for (const path of files.paths().filter((name) => name.startsWith(`${LOGS}/board/`) && name.includes("tfevents")))
    count += Math.max(0, wholeRecords(await files.readFile(path)) - 1);
  return count;
}

function wholeRecords(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 0; at + LENGTH_BYTES <= bytes.byteLength; count += 1) {
    at += LENGTH_BYTES + CHECKSUM_BYTES + Number(view.getBigUint64(at, true)) + CHECKSUM_BYTES;
    if (at > bytes.byteLength) return count;
  }
  return count;
}
