import { classNameOf } from "../errors/class-name.js";

const warned = new WeakSet<object>();

/** Says once of a metric that its value has no batches behind it, as torchmetrics does. */
export function warnNeverUpdated(metric: object): void {
  if (warned.has(metric)) return;
  warned.add(metric);
  const name = classNameOf(metric);
  // oxlint-disable-next-line no-console -- a metric has no terminal, and its user sees the console
  console.warn(`Warning: ${name}.compute() was called before update(): its value says nothing of any batch.`);
}
