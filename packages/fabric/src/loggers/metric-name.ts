/** A metric's name as a logger writes it: behind the logger's `prefix` and a `-`, where it has one. */
export function metricName(prefix: string | undefined, name: string): string {
  return prefix === undefined || prefix === "" ? name : `${prefix}-${name}`;
}
