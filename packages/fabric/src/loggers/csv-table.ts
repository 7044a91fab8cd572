import type { FileSystem } from "@lightning-ts/core";
import { appendToFile } from "../checkpoint/append-to-file.js";
import { replaceFile } from "../checkpoint/replace-file.js";

/** A CSV file of numbers to which rows are appended. A new column makes it rewrite the file once. */
export class CsvTable {
  readonly #files: FileSystem;
  readonly #path: string;
  #columns: readonly string[] = [];
  /** A write failed half way: the file is rewritten from what is known to be whole. */
  #wholeBytes = 0;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
  }

  async remove(): Promise<void> {
    await this.#files.remove(this.#path);
  }

  async append(rows: readonly Readonly<Record<string, number>>[]): Promise<void> {
    const columns = [...new Set([...this.#columns, ...rows.flatMap((row) => Object.keys(row))])].sort();
    const lines = rows
      .map(
        (row) => `${columns.map((column) => cell(Object.hasOwn(row, column) ? row[column] : undefined)).join(",")}\n`,
      )
      .join("");
    const size = (await this.#files.stat(this.#path))?.sizeBytes ?? 0;
    if (columns.length === this.#columns.length && size === this.#wholeBytes) await this.#extend(lines);
    else await this.#rewrite(columns, lines);
  }

  async #extend(lines: string): Promise<void> {
    const bytes = new TextEncoder().encode(lines);
    await appendToFile(this.#files, this.#path, bytes);
    this.#wholeBytes += bytes.byteLength;
  }

  async #rewrite(columns: readonly string[], lines: string): Promise<void> {
    const old =
      this.#wholeBytes === 0
        ? ""
        : new TextDecoder().decode(await this.#files.readRange(this.#path, 0, this.#wholeBytes));
    const [, ...oldLines] = old.split("\n").slice(0, -1);
    const positions = columns.map((column) => this.#columns.indexOf(column));
    const moved = oldLines.map((line) => {
      const cells = line.split(",");
      return `${positions.map((position) => cells[position] ?? "").join(",")}\n`;
    });
    const bytes = new TextEncoder().encode(`${columns.map(quoted).join(",")}\n${moved.join("")}${lines}`);
    await replaceFile(this.#files, this.#path, async (file) => file.write(bytes));
    this.#columns = columns;
    this.#wholeBytes = bytes.byteLength;
  }
}

/** Numbers as Python writes them, so that both read the file alike. */
function cell(value: number | undefined): string {
  if (value === undefined) return "";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(value);
}

/** A name as text: control characters are spaces, and what a spreadsheet would compute has an apostrophe before it. */
function quoted(name: string): string {
  const plain = name.replaceAll(/\p{Cc}/gu, " ");
  const text = /^[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
