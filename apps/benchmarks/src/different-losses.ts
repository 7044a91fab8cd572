/** Float32 sums in another order, and what five of Adam's steps make of that. */
const TOLERANCE = 1e-3;

/** Why these are not the losses of one training; undefined where they are. Of fewer losses, those that there are. */
export function differentLosses(expected: readonly number[], received: readonly number[]): string | undefined {
  const step = received.findIndex((loss, i) => {
    const wanted = expected[i] ?? loss;
    return !(Math.abs(loss - wanted) <= TOLERANCE * Math.max(1, Math.abs(wanted)));
  });
  if (step === -1) return undefined;
  return `its loss at step ${step} is ${received[step]}, another peer's is ${expected[step]}`;
}
