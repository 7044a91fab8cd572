import { charts, type PlotOptions, tf } from "@lightning-ts/core";
import { requireLabels } from "./plot-confusion-matrix.js";

type OneOrEach = tf.Tensor | readonly tf.Tensor[];

export interface CurvePlotOptions extends PlotOptions {
  /** Whether the legend has the area under each curve. @default false */
  readonly score?: boolean | undefined;
}

/** A curve, or one for each class, as SVG text. @param x one tensor, a row for each class, or a list. Reads */
export function plotCurve(
  x: OneOrEach,
  y: OneOrEach,
  { labels, score = false, ...options }: CurvePlotOptions = {},
): string {
  const [xs, ys] = [linesOf(x), linesOf(y)];
  requireLabels(labels, ys.length);
  const isOne = ys.length === 1;
  const series = ys.map((line, i) => {
    const along = xs[i] ?? [];
    const words = [
      ...(isOne && labels === undefined ? [] : [labels?.[i] ?? String(i)]),
      ...(score ? [`AUC=${areaUnder(along, line).toFixed(3)}`] : []),
    ];
    return { ...(words.length > 0 && { name: words.join(" ") }), x: along, y: line };
  });
  return charts.lineChart(series, options);
}

function linesOf(curves: OneOrEach): number[][] {
  if (!(curves instanceof tf.Tensor)) return curves.map((curve) => [...curve.dataSync()]);
  if (curves.rank <= 1) return [[...curves.dataSync()]];
  return tf.unstack(curves).map((curve) => [...curve.dataSync()]);
}

/** By trapezoids; a curve may come from either side. */
function areaUnder(x: readonly number[], y: readonly number[]): number {
  const area = x.reduce((sum, at, i) => {
    const [before = at, low = 0] = [x[i - 1], y[i - 1]];
    return sum + ((at - before) * ((y[i] ?? 0) + low)) / 2;
  }, 0);
  return Math.abs(area);
}
