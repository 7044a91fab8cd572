import { isInt32, isoDate, type CellKind, type Dialect } from "../rows/dialect.js";

/** Texts that stand for a missing value unless others are given: pandas' list. */
export const MISSING_TEXTS: readonly string[] = [
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"],
  ...["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"],
];

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d+$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "True", "TRUE"].map((text): [string, boolean] => [text, true]),
  ...["false", "False", "FALSE"].map((text): [string, boolean] => [text, false]),
]);

/** How texts between commas are read, with the rules of pandas' `read_csv`. */
export class CsvDialect implements Dialect<string> {
  readonly #missing: ReadonlySet<string>;

  /** @param missing texts that stand for a missing value */
  constructor(missing: readonly string[]) {
    this.#missing = new Set(missing);
  }

  isMissing(cell: string): boolean {
    return this.#missing.has(cell);
  }

  kindOf(cell: string): CellKind {
    if (this.#missing.has(cell)) return "missing";
    if (BOOLEANS.has(cell)) return "boolean";
    const value = this.number(cell);
    if (value === undefined) return "text";
    if (isInt32(value) && WHOLE.test(cell.trim())) return "integer";
    const isExact = Number.isSafeInteger(value) || !WHOLE.test(cell.trim());
    return isExact || !isInt64(cell) ? "number" : "bigint";
  }

  number(cell: string): number | undefined {
    const text = cell.trim();
    if (DECIMAL.test(text)) return Number(text);
    const infinite = INFINITE.exec(text);
    if (infinite === null) return undefined;
    return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  bigint(cell: string): bigint | undefined {
    const text = cell.trim();
    return WHOLE.test(text) ? BigInt(text.replace("+", "")) : undefined;
  }

  boolean(cell: string): boolean | undefined {
    return BOOLEANS.get(cell.trim());
  }

  text(cell: string): string {
    return cell;
  }

  date(cell: string): number | undefined {
    return isoDate(cell.trim());
  }
}

function isInt64(cell: string): boolean {
  const value = BigInt(cell.trim().replace("+", ""));
  return BigInt.asIntN(64, value) === value;
}
