import { cellAt, type Column } from "./column.js";

/** A file that another library wrote, and what its columns hold. */
export interface RecordedFile {
  readonly name: string;
  readonly base64: string;
  readonly columns: Readonly<Record<string, { readonly type: string; readonly values: readonly unknown[] }>>;
}

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

/** @throws if there is none of that name */
export function contentOf(files: readonly RecordedFile[], name: string): Uint8Array {
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw new Error(`No file ${name} was recorded.`);
  return bytesOf(file.base64);
}

/** A cell as JSON has it. */
export function plain(column: Column, row: number): unknown {
  const cell = cellAt(column, row);
  if (cell === undefined) return null;
  if (cell instanceof Date) return cell.getTime();
  if (typeof cell === "number" && Math.abs(cell) === Infinity) return String(cell);
  if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  return cell;
}
