import { visibleName } from "@lightning-ts/core";

/** How a name pattern is filled in. */
export interface CheckpointNameOptions {
  /** Writes `{epoch}` as `epoch=3` instead of `3`. @default true */
  readonly autoInsertMetricName?: boolean | undefined;
  /** Stands between a metric's name and its value. @default "=" */
  readonly equals?: string | undefined;
}

const PLACES = /\{([^{}:]+)(?::([^{}]*))?\}/g;
const FORMAT = /^(0)?(\d+)?(?:\.(\d+))?([dfeg%])?$/;

/**
 * The file name (without extension) for a pattern such as `{epoch:02d}-{val_loss:.2f}`. Formats are Python's: `d`,
 * `02d`, `.2f`, `.3e`, `g`. Metrics that are not there become 0; `epoch` and `step` are whole numbers. Control
 * characters become `_`.
 */
export function formatCheckpointName(
  pattern: string,
  metrics: Readonly<Record<string, number>>,
  options: CheckpointNameOptions = {},
): string {
  const { autoInsertMetricName = true, equals = "=" } = options;
  const filled = pattern.replaceAll(PLACES, (_match, name: string, format: string | undefined) => {
    const value = metrics[name] ?? 0;
    const isCount = name === "epoch" || name === "step";
    const text = format === undefined || format === "" ? plainNumber(value, isCount) : formatNumber(value, format);
    return autoInsertMetricName ? name + equals + text : text;
  });
  return visibleName(filled);
}

/** True for a pattern with a metric in it: something other than the epoch and the step. */
export function namesMetrics(pattern: string): boolean {
  return [...pattern.matchAll(PLACES)].some(([, name]) => name !== "epoch" && name !== "step");
}

/** Finds the names that a pattern becomes, with and without a version behind them. */
export function matcherOfNames(pattern: string, join: string, extension: string): RegExp {
  const literal = (text: string) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const [first = "", ...others] = visibleName(pattern).split(/\{[^{}]*\}/);
  const body = [first, ...others].map(literal).join(".+");
  return new RegExp(`^${body}(${literal(join)}v\\d+)?${literal(extension)}$`);
}

/** The first format in a pattern that is none of the above. */
export function findUnknownFormat(pattern: string): string | undefined {
  return [...pattern.matchAll(PLACES)]
    .map(([, , format]) => format)
    .find((format) => format !== undefined && !FORMAT.test(format));
}

function plainNumber(value: number, isCount: boolean): string {
  return isCount ? String(Math.trunc(value)) : String(value);
}

/** Python's format specification for numbers: zero padding, width, precision and the types d, f, e, g and %. */
export function formatNumber(value: number, format: string): string {
  const match = FORMAT.exec(format);
  if (match === null) return String(value);
  const [, zero, width, precision, type] = match;
  const digits = precision === undefined ? 6 : Number(precision);
  return withType(value, type, digits, precision !== undefined).padStart(
    Number(width ?? 0),
    zero === undefined ? " " : "0",
  );
}

function withType(value: number, type: string | undefined, digits: number, hasPrecision: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  switch (type) {
    case "d":
      return String(Math.trunc(value));
    case "e":
      return value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
    case "f":
      return value.toFixed(digits);
    case "%":
      return `${(value * 100).toFixed(digits)}%`;
    default:
      return hasPrecision ? String(Number(value.toPrecision(Math.max(1, digits)))) : String(value);
  }
}
