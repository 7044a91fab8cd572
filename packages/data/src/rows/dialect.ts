/** What one cell looks like. A "bigint" is an integer that a number does not hold exactly. */
export type CellKind = "integer" | "bigint" | "number" | "boolean" | "text" | "missing";

/** How the cells of a format are read. Each reader gives undefined for a cell that is not of its kind. */
export interface Dialect<TCell> {
  kindOf(cell: TCell): CellKind;
  isMissing(cell: TCell): boolean;
  number(cell: TCell): number | undefined;
  bigint(cell: TCell): bigint | undefined;
  boolean(cell: TCell): boolean | undefined;
  text(cell: TCell): string | undefined;
  /** Milliseconds since 1970 in UTC. */
  date(cell: TCell): number | undefined;
}

const LARGEST = 2 ** 31 - 1;

/** Whether an int32 holds the number. */
export function isInt32(value: number): boolean {
  return Number.isInteger(value) && value <= LARGEST && value >= -LARGEST - 1;
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970 of a date as ISO 8601 has it. Without a zone it is UTC, with and without a time. */
export function isoDate(text: string): number | undefined {
  if (!ISO.test(text)) return undefined;
  const withT = text.replace(" ", "T");
  const hasZone = text.length > 10 && /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const ms = Date.parse(text.length === 10 || hasZone ? withT : `${withT}Z`);
  return Number.isNaN(ms) || !isDay(text.slice(0, 10)) ? undefined : ms;
}

/** `Date.parse` takes February 30 for March 1. */
function isDay(text: string): boolean {
  return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}
