import type { CellKind, Dialect } from "../rows/dialect.js";

/** How values of columns that have a type already are read; dates are milliseconds since 1970. */
export class ValueDialect implements Dialect<unknown> {
  kindOf(): CellKind {
    return "missing"; // Nothing is guessed.
  }

  isMissing(cell: unknown): boolean {
    return cell === undefined || cell === null;
  }

  number(cell: unknown): number | undefined {
    if (typeof cell === "number") return cell;
    return typeof cell === "bigint" || typeof cell === "boolean" ? Number(cell) : undefined;
  }

  bigint(cell: unknown): bigint | undefined {
    if (typeof cell === "bigint") return cell;
    return typeof cell === "number" && Number.isSafeInteger(cell) ? BigInt(cell) : undefined;
  }

  boolean(cell: unknown): boolean | undefined {
    return typeof cell === "boolean" ? cell : undefined;
  }

  text(cell: unknown): string | undefined {
    return typeof cell === "string" ? cell : String(cell);
  }

  date(cell: unknown): number | undefined {
    return typeof cell === "number" ? cell : undefined;
  }
}
