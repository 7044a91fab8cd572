import type { MetricList, tf } from "@lightning-ts/core";
import { MisconfigurationError } from "@lightning-ts/core";

/** All rows that a metric has kept. @throws MisconfigurationError when there are none */
export function rowsOf(metric: string, list: MetricList): tf.Tensor {
  const rows = list.concat();
  if (rows !== undefined) return rows;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} has no rows to compute a value of.`,
    expected: "update, at least once since the last reset",
    received: "none",
  });
}
