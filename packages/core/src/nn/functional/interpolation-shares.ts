/** Where the elements of a result lie among those of the input, along one axis. */
export interface Places {
  readonly input: number;
  readonly length: number;
  /** How far apart two neighbours of the result are in the input. */
  readonly step: number;
  readonly alignCorners: boolean;
}

function position(i: number, { step, alignCorners }: Places): number {
  return alignCorners ? i * step : (i + 0.5) * step - 0.5;
}

/** [input, length] */
export function linearShares(places: Places): Float32Array {
  const { input, length } = places;
  const shares = new Float32Array(input * length);
  for (let i = 0; i < length; i += 1) {
    const at = Math.max(0, position(i, places));
    const left = Math.min(Math.floor(at), input - 1);
    const right = Math.min(left + 1, input - 1);
    addShare(shares, left * length + i, 1 - (at - left));
    addShare(shares, right * length + i, at - left);
  }
  return shares;
}

/** The constant of Keys' cubic convolution: PyTorch's, and that of PIL, which antialiasing follows. */
const CUBIC = -0.75;
const CUBIC_OF_PIL = -0.5;

export function cubicShares(places: Places): Float32Array {
  const { input, length } = places;
  const shares = new Float32Array(input * length);
  for (let i = 0; i < length; i += 1) {
    const at = position(i, places);
    const left = Math.floor(at);
    for (let k = -1; k <= 2; k += 1) {
      const from = Math.min(Math.max(left + k, 0), input - 1);
      addShare(shares, from * length + i, cubic(Math.abs(at - left - k)));
    }
  }
  return shares;
}

function cubic(distance: number, a = CUBIC): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}

/** Shares of all elements below each one of the result, which is what keeps fine patterns from flickering. */
export function antialiasedShares({ input, length, step }: Places, isCubic: boolean): Float32Array {
  const [stretch, reach] = [Math.max(step, 1), isCubic ? 2 : 1];
  const weigh = (distance: number): number =>
    distance >= reach ? 0 : isCubic ? cubic(distance, CUBIC_OF_PIL) : 1 - distance;
  const shares = new Float32Array(input * length);
  for (let i = 0; i < length; i += 1) {
    const center = step * (i + 0.5);
    const first = Math.max(Math.trunc(center - reach * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(center + reach * stretch + 0.5), input);
    const weights = Array.from({ length: end - first }, (_, k) => weigh(Math.abs(k + first - center + 0.5) / stretch));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, k) => addShare(shares, (first + k) * length + i, total === 0 ? weight : weight / total));
  }
  return shares;
}

function addShare(shares: Float32Array, at: number, share: number): void {
  shares[at] = (shares[at] ?? 0) + share;
}
