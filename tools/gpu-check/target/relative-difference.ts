/** The largest difference, in parts of the largest expected value; NaN where only one side has a NaN. */
export function relativeDifference(expected: Float32Array, received: Float32Array): number {
  if (expected.length !== received.length) return NaN;
  let [largest, worst] = [0, 0];
  for (const [i, value] of expected.entries()) {
    const other = received[i] ?? NaN;
    largest = Math.max(largest, Math.abs(value));
    if (Object.is(value, other)) continue;
    const difference = Math.abs(value - other);
    if (Number.isNaN(difference)) return NaN;
    worst = Math.max(worst, difference);
  }
  return largest === 0 ? worst : worst / largest;
}
