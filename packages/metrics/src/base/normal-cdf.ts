/** Below it the series is used, above it the continued fraction: both are exact to the last digits there. */
const SERIES_UP_TO = 3;

/** The probability that a standard normal variable is at most x, to about 1e-15. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) <= SERIES_UP_TO) return 0.5 + centralMass(x);
  const tail = tailMass(Math.abs(x));
  return x < 0 ? tail : 1 - tail;
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** The mass between 0 and x: density(x) · Σ x^(2k+1) / (1 · 3 · … · (2k+1)). */
function centralMass(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k += 1) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return sum * density(x);
}

/** The mass above x, by Laplace's continued fraction, from its end. */
function tailMass(x: number): number {
  let fraction = x;
  for (let k = 100; k >= 1; k -= 1) fraction = x + k / fraction;
  return density(x) / fraction;
}
