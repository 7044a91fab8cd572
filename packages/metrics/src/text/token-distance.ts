/**
 * How many tokens have to be inserted, deleted or substituted to make one list of the other (Wagner and Fischer).
 * @param substitutionCost what a substitution counts. @default 1
 */
export function tokenDistance(a: readonly string[], b: readonly string[], substitutionCost = 1): number {
  let above = Float64Array.from({ length: b.length + 1 }, (_, j) => j);
  let row = new Float64Array(b.length + 1);
  a.forEach((token, i) => {
    row[0] = i + 1;
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (above[j - 1] ?? 0) + (token === b[j - 1] ? 0 : substitutionCost);
      row[j] = Math.min(substituted, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
    [above, row] = [row, above];
  });
  return above[b.length] ?? 0;
}
