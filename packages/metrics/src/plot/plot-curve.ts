import { charts, tf } from "@lightning-ts/core";
import type { PlotOptions } from "./plot-values.js";

type OneOrEach = tf.Tensor | readonly tf.Tensor[];

/** A curve, or one for each class, as SVG text. @param x one tensor, a row for each class, or a list. Reads */
export function plotCurve(x: OneOrEach, y: OneOrEach, { labels, ...options }: PlotOptions = {}): string {
  const [xs, ys] = [linesOf(x), linesOf(y)];
  const isOne = ys.length === 1;
  const series = ys.map((line, i) => ({
    ...(!(isOne && labels === undefined) && { name: labels?.[i] ?? String(i) }),
    ...(xs[i] !== undefined && { x: xs[i] }),
    y: line,
  }));
  return charts.lineChart(series, options);
}

function linesOf(curves: OneOrEach): number[][] {
  if (!(curves instanceof tf.Tensor)) return curves.map((curve) => [...curve.dataSync()]);
  if (curves.rank <= 1) return [[...curves.dataSync()]];
  return tf.unstack(curves).map((curve) => [...curve.dataSync()]);
}
