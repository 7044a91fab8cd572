import type { Metric, MetricValue } from "@lightning-ts/core";

/**
 * The functional form of a metric: its value of one batch. For metrics whose value has no gradient.
 * @param Class its constructor takes the options
 */
export function functionalForm<TOptions extends readonly unknown[], TMetric extends Metric>(
  Class: new (...options: TOptions) => TMetric,
): (...inputs: [...Parameters<TMetric["update"]>, ...TOptions]) => MetricValue<TMetric>;
export function functionalForm(
  Class: new (...options: readonly unknown[]) => Metric & { update(...inputs: readonly unknown[]): unknown },
): (...inputs: readonly unknown[]) => unknown {
  return (...inputs) => {
    const count = Class.prototype.update.length;
    const metric = new Class(...inputs.slice(count));
    try {
      metric.update(...inputs.slice(0, count));
      return metric.compute();
    } finally {
      metric.dispose();
    }
  };
}
