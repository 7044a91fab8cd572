import type { PlotOptions } from "@lightning-ts/core";

/** What draws itself: every metric, a collection of them, and a tracker of their steps. */
export interface Plottable {
  plot(value?: undefined, options?: PlotOptions): string;
}

/**
 * A picture of what a metric has collected, as SVG text: the same as its `plot()`. Computes the metric, and reads.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MulticlassConfusionMatrix, plot } from "@lightning-ts/metrics";
 *
 * const matrix = new MulticlassConfusionMatrix({ numClasses: 2 });
 * matrix.update(tf.tensor1d([0, 1, 1], "int32"), tf.tensor1d([0, 0, 1], "int32"));
 * console.log(plot(matrix, { labels: ["cat", "dog"] }).startsWith("<svg")); // node:fs writes it to a file
 * ```
 */
export function plot(metric: Plottable, options: PlotOptions = {}): string {
  return metric.plot(undefined, options);
}
