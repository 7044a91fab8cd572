/** Neighbouring axes that are all summed, or all kept, seen as one. */
export interface AxisGroup {
  readonly size: number;
  readonly isSummed: boolean;
}

/** The axes of a shape as groups that take turns; axes of size 1 are left out, because nothing depends on them. */
export function axisGroups(shape: readonly number[], axes: readonly number[]): AxisGroup[] {
  return mergeGroups(
    shape.map((size, axis) => ({ size, isSummed: axes.includes(axis) })).filter(({ size }) => size !== 1),
  );
}

/** Joins neighbours of one kind. */
export function mergeGroups(groups: readonly AxisGroup[]): AxisGroup[] {
  const merged: AxisGroup[] = [];
  for (const group of groups) {
    const last = merged.at(-1);
    if (last?.isSummed === group.isSummed)
      merged[merged.length - 1] = { size: last.size * group.size, isSummed: group.isSummed };
    else merged.push(group);
  }
  return merged;
}
