import { isInt32, isoDate, type CellKind, type Dialect } from "../rows/dialect.js";

/** How values of JSON are read. Missing is what is null or not there. */
export class JsonDialect implements Dialect<unknown> {
  isMissing(cell: unknown): boolean {
    return cell === undefined || cell === null;
  }

  kindOf(cell: unknown): CellKind {
    if (this.isMissing(cell)) return "missing";
    if (typeof cell === "number") return isInt32(cell) ? "integer" : "number";
    return typeof cell === "boolean" ? "boolean" : "text";
  }

  number(cell: unknown): number | undefined {
    return typeof cell === "number" ? cell : undefined;
  }

  bigint(cell: unknown): bigint | undefined {
    if (typeof cell === "number") return Number.isSafeInteger(cell) ? BigInt(cell) : undefined;
    return typeof cell === "string" && /^-?\d+$/.test(cell) ? BigInt(cell) : undefined;
  }

  boolean(cell: unknown): boolean | undefined {
    return typeof cell === "boolean" ? cell : undefined;
  }

  /** What is no text is written as JSON. */
  text(cell: unknown): string {
    return typeof cell === "string" ? cell : JSON.stringify(cell);
  }

  date(cell: unknown): number | undefined {
    if (typeof cell === "number") return cell;
    return typeof cell === "string" ? isoDate(cell) : undefined;
  }
}
