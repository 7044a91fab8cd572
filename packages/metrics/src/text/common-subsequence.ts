/** The lengths of the longest common subsequences of all beginnings of two lists. */
export interface SubsequenceTable {
  /** @param i and `j` are how many tokens of the first and the second list there are */
  at(i: number, j: number): number;
}

export function subsequenceTable(a: readonly string[], b: readonly string[]): SubsequenceTable {
  const columns = b.length + 1;
  const lengths = new Int32Array((a.length + 1) * columns);
  const at = (i: number, j: number): number => lengths[i * columns + j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      lengths[i * columns + j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
    }
  }
  return { at };
}

/** Where the tokens of a longest common subsequence are in the second list. Of several, it is torchmetrics' choice. */
export function placesInSecond(a: readonly string[], b: readonly string[]): number[] {
  const table = subsequenceTable(a, b);
  const places: number[] = [];
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      places.push(j - 1);
      i -= 1;
      j -= 1;
    } else if (table.at(i - 1, j) > table.at(i, j - 1)) i -= 1;
    else j -= 1;
  }
  return places;
}
