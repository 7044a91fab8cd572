import { classNameOf } from "../errors/class-name.js";

const warned = new WeakSet<object>();

/**
 * Says once of a metric that its value has no batches behind it, as torchmetrics does.
 * @param forgotten how many updates the last reset forgot
 */
export function warnNeverUpdated(metric: object, forgotten: number): void {
  if (warned.has(metric)) return;
  warned.add(metric);
  const name = classNameOf(metric);
  const when =
    forgotten === 0
      ? "before update(): its value says nothing of any batch."
      : `after reset(), which forgot ${forgotten === 1 ? "an update" : `${forgotten} updates`}, and before update(): its value says nothing of any batch.`;
  // oxlint-disable-next-line no-console -- a metric has no terminal, and its user sees the console
  console.warn(`Warning: ${name}.compute() was called ${when}`);
}
