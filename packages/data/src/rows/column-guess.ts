import type { ColumnType } from "../table/column.js";
import type { CellKind } from "./dialect.js";

/**
 * What a column holds, from what its cells look like: integers that an int32 holds and that are all there are
 * "integer"; with missing ones among them, or with fractions, "number"; whole numbers that a number does not hold
 * exactly "bigint"; true and false "boolean"; everything else, and what is mixed, "text". A column without any value is
 * "number". Dates and categories are never guessed.
 */
export class ColumnGuess {
  readonly #seen = new Set<CellKind>();

  see(kind: CellKind): void {
    this.#seen.add(kind);
  }

  /** Whether nothing that comes can change the guess. */
  get isSettled(): boolean {
    return this.#seen.has("text");
  }

  get type(): ColumnType {
    const kinds = [...this.#seen].filter((kind) => kind !== "missing");
    if (kinds.includes("text")) return "text";
    if (kinds.includes("boolean")) return kinds.length === 1 ? "boolean" : "text";
    if (kinds.includes("number") || kinds.length === 0) return "number";
    if (kinds.includes("bigint")) return "bigint";
    return this.#seen.has("missing") ? "number" : "integer";
  }
}
