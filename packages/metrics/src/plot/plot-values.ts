import { charts, isPlainObject, MisconfigurationError, tf } from "@lightning-ts/core";

export interface PlotOptions {
  readonly title?: string | undefined;
  readonly xLabel?: string | undefined;
  readonly yLabel?: string | undefined;
  /** Names of the classes. @default their numbers */
  readonly labels?: readonly string[] | undefined;
}

/**
 * A picture of a metric's values, as SVG text: bars for one value, lines for a list of values over steps. A value is a
 * number, a tensor of one number or of one for each class, or several of these by name. Reads tensors.
 * @example
 * ```ts
 * import { MeanMetric, plotValues } from "@lightning-ts/metrics";
 *
 * const mean = new MeanMetric();
 * const values = [3, 2, 1.5].map((value) => mean.forward(value));
 * console.log(plotValues(values, { title: "Loss", xLabel: "step" }).startsWith("<svg"));
 * ```
 */
export function plotValues(values: unknown, { labels, ...options }: PlotOptions = {}): string {
  if (!Array.isArray(values)) {
    const bars = Object.entries(numbersOf(values, labels)).map(([name, value]) => ({ name, value }));
    return charts.barChart(bars, options);
  }
  const steps = values.map((value) => numbersOf(value, labels));
  const names = [...new Set(steps.flatMap((step) => Object.keys(step)))];
  const series = names.map((name) => ({
    ...(name !== "" && { name }),
    y: steps.map((step) => step[name] ?? Number.NaN),
  }));
  return charts.lineChart(series, { xLabel: "step", ...options });
}

/** The numbers of a value by name; "" for one alone. */
function numbersOf(value: unknown, labels: readonly string[] | undefined): Record<string, number> {
  if (typeof value === "number") return { "": value };
  if (value instanceof tf.Tensor && value.rank <= 1) {
    if (value.rank === 0) return { "": Number(value.dataSync()[0]) };
    return Object.fromEntries([...value.dataSync()].map((number, i) => [labels?.[i] ?? String(i), number]));
  }
  if (!(value instanceof tf.Tensor) && isPlainObject(value)) return named(value, labels);
  throw new MisconfigurationError({
    message: "These values cannot be plotted.",
    expected: "numbers, tensors of one number or one for each class, or these by name",
    received: value instanceof tf.Tensor ? `shape [${value.shape.join(", ")}]` : typeof value,
  });
}

function named(values: object, labels: readonly string[] | undefined): Record<string, number> {
  const parts = Object.entries(values).flatMap(([name, part]) =>
    Object.entries(numbersOf(part, labels)).map(([inner, value]) => [inner === "" ? name : `${name} ${inner}`, value]),
  );
  return Object.fromEntries(parts);
}
