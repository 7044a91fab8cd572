import { barChart } from "../charts/bar-chart.js";
import type { ChartOptions, Guide } from "../charts/frame.js";
import { lineChart } from "../charts/line-chart.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { isPlainObject } from "../tree/tree.js";

export interface PlotOptions extends ChartOptions {
  /** Names of the classes. @default their numbers */
  readonly labels?: readonly string[] | undefined;
}

/** What a metric says of its value, for its pictures. */
export interface ValueRange {
  readonly higherIsBetter?: boolean | undefined;
  readonly plotLowerBound?: number | undefined;
  readonly plotUpperBound?: number | undefined;
  /** What stands before the number of a class in its name. */
  readonly plotLegendName?: string | undefined;
}

/**
 * A picture of a metric's values, as SVG text: bars for one value, lines for a list of values over steps. A value is a
 * number, a tensor of one number or of one for each class, or several of these by name. Reads tensors.
 * @example
 * ```ts
 * import { plotValues, tf } from "@lightning-ts/core";
 *
 * const svg = plotValues([3, tf.scalar(2), 1.5], { title: "Loss", xLabel: "epoch" });
 * console.log(svg.startsWith("<svg"));
 * ```
 */
export function plotValues(values: unknown, options: PlotOptions = {}): string {
  return plotRanged(values, {}, options);
}

/** `plotValues` with dashed lines at the bounds of a metric, and a word at the better one. */
export function plotRanged(values: unknown, range: ValueRange, { labels, ...options }: PlotOptions): string {
  const nameOf = (index: number): string => labels?.[index] ?? [range.plotLegendName ?? [], index].flat().join(" ");
  const drawn = { ...options, guides: [...boundsOf(range), ...(options.guides ?? [])] };
  if (!Array.isArray(values)) {
    const bars = Object.entries(numbersOf(values, nameOf)).map(([name, value]) => ({ name, value }));
    return barChart(bars, drawn);
  }
  const steps = values.map((value) => numbersOf(value, nameOf));
  const names = [...new Set(steps.flatMap((step) => Object.keys(step)))];
  const series = names.map((name) => ({
    ...(name !== "" && { name }),
    y: steps.map((step) => step[name] ?? Number.NaN),
  }));
  return lineChart(series, { xLabel: "step", ...drawn });
}

function boundsOf({ higherIsBetter, plotLowerBound: low, plotUpperBound: high }: ValueRange): Guide[] {
  const guide = (y: number | undefined, isBest: boolean): Guide[] =>
    y === undefined ? [] : [{ y, ...(isBest && { text: "optimal value" }) }];
  return [...guide(low, higherIsBetter === false), ...guide(high, higherIsBetter === true)];
}

type NameOfClass = (index: number) => string;

/** The numbers of a value by name; "" for one alone. */
function numbersOf(value: unknown, nameOf: NameOfClass): Record<string, number> {
  if (typeof value === "number") return { "": value };
  if (value instanceof tf.Tensor && value.rank <= 1) {
    if (value.rank === 0) return { "": Number(value.dataSync()[0]) };
    return Object.fromEntries([...value.dataSync()].map((number, i) => [nameOf(i), number]));
  }
  if (!(value instanceof tf.Tensor) && isPlainObject(value)) return named(value, nameOf);
  throw new MisconfigurationError({
    message: "These values cannot be plotted.",
    expected: "numbers, tensors of one number or one for each class, or these by name",
    received: value instanceof tf.Tensor ? `shape [${value.shape.join(", ")}]` : typeof value,
  });
}

function named(values: object, nameOf: NameOfClass): Record<string, number> {
  const parts = Object.entries(values).flatMap(([name, part]) =>
    Object.entries(numbersOf(part, nameOf)).map(([inner, value]) => [inner === "" ? name : `${name} ${inner}`, value]),
  );
  return Object.fromEntries(parts);
}
