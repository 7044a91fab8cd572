/** Arithmetic on vectors on the host: float32 values, sums in float64. */

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** `a + factor * b`, a new vector. */
export function plus(a: Float32Array, factor: number, b: Float32Array): Float32Array {
  const sum = new Float32Array(a.length);
  for (let i = 0; i < a.length; i += 1) sum[i] = (a[i] ?? 0) + factor * (b[i] ?? 0);
  return sum;
}

export function times(a: Float32Array, factor: number): Float32Array {
  return a.map((value) => value * factor);
}

/** The largest magnitude; NaN if any element is. */
export function largest(a: Float32Array): number {
  let most = 0;
  for (const value of a) most = Math.max(most, Math.abs(value));
  return most;
}

export function sumOfMagnitudes(a: Float32Array): number {
  let sum = 0;
  for (const value of a) sum += Math.abs(value);
  return sum;
}
