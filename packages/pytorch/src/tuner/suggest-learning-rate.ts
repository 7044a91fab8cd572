/** How many points at both ends are left out, because the loss there says little. */
export interface SkippedPoints {
  /** @default 10 */
  readonly skipBegin?: number | undefined;
  /** @default 1 */
  readonly skipEnd?: number | undefined;
}

/** @returns the index of the rate at which the loss falls steepest; undefined where fewer than two points are left */
export function steepestFall(
  rates: readonly number[],
  losses: readonly number[],
  { skipBegin = 10, skipEnd = 1 }: SkippedPoints = {},
): number | undefined {
  const kept = losses.flatMap((loss, index) =>
    index >= skipBegin && index < losses.length - skipEnd && Number.isFinite(loss) ? [index] : [],
  );
  if (kept.length < 2) return undefined;
  const [x, y] = [rates, losses].map((values) => kept.map((index) => values[index] ?? Number.NaN));
  let steepest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const at of kept.keys()) {
    const slope = slopeAt(x ?? [], y ?? [], at);
    if (slope < least) [steepest, least] = [at, slope];
  }
  return kept[steepest];
}

/** The slope of a curve at a point: of the parabola through it and its neighbours, at the ends of the last line. */
function slopeAt(x: readonly number[], y: readonly number[], at: number): number {
  const value = (values: readonly number[], index: number) => values[index] ?? Number.NaN;
  const line = (from: number, to: number) => (value(y, to) - value(y, from)) / (value(x, to) - value(x, from));
  if (at === 0) return line(0, 1);
  if (at === x.length - 1) return line(at - 1, at);
  const before = value(x, at) - value(x, at - 1);
  const after = value(x, at + 1) - value(x, at);
  return (after * line(at - 1, at) + before * line(at, at + 1)) / (before + after);
}
