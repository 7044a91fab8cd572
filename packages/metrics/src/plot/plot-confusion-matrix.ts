import { charts, MisconfigurationError, type PlotOptions, tf } from "@lightning-ts/core";

/**
 * A confusion matrix as SVG text, with a row for each class that is true; of several labels, a matrix for each. Reads.
 * @param matrix [classes, classes], or [labels, 2, 2]
 */
export function plotConfusionMatrix(matrix: tf.Tensor, { labels, title, ...options }: PlotOptions = {}): string {
  const axes = { xLabel: "predicted class", yLabel: "true class", ...options };
  if (matrix.rank !== 2 && matrix.rank !== 3)
    throw new MisconfigurationError({
      message: "This is no confusion matrix.",
      expected: "shape [classes, classes], or [labels, 2, 2]",
      received: `shape [${matrix.shape.join(", ")}]`,
    });
  requireLabels(labels, matrix.shape[0] ?? 0);
  if (matrix.rank === 2) {
    const names = labels === undefined ? {} : { rowNames: labels, columnNames: labels };
    return charts.heatmap(rowsOf(matrix), { title, ...axes, ...names });
  }
  const each = tf
    .unstack(matrix)
    .map((one, i) => charts.heatmap(rowsOf(one), { ...axes, title: `${title ?? "label"} ${labels?.[i] ?? i}` }));
  return charts.beside(each);
}

/** @throws MisconfigurationError where there are not as many names as things to be named */
export function requireLabels(labels: readonly string[] | undefined, count: number): void {
  if (labels === undefined || labels.length === count) return;
  throw new MisconfigurationError({
    message: "This picture needs a name for each class.",
    expected: `${count} labels`,
    received: `${labels.length}`,
  });
}

function rowsOf(matrix: tf.Tensor): number[][] {
  const [rows = 0, columns = 0] = matrix.shape;
  const values = [...matrix.dataSync()];
  return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
}
