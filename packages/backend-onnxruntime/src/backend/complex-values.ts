/** Takes apart tfjs' flat list of real and imaginary parts. */
export function splitComplex(values: ArrayLike<number>): { real: Float32Array; imag: Float32Array } {
  const size = values.length / 2;
  const real = new Float32Array(size);
  const imag = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    real[i] = values[2 * i] ?? 0;
    imag[i] = values[2 * i + 1] ?? 0;
  }
  return { real, imag };
}

/** The inverse of `splitComplex`. */
export function mergeComplex(real: Float32Array, imag: Float32Array): Float32Array {
  const merged = new Float32Array(real.length * 2);
  for (let i = 0; i < real.length; i++) {
    merged[2 * i] = real[i] ?? 0;
    merged[2 * i + 1] = imag[i] ?? 0;
  }
  return merged;
}
