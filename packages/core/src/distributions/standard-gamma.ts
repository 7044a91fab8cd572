import type { RandomStream } from "../random/random-stream.js";
import { tf } from "../tensor/tf.js";
import { broadcastTo } from "./broadcast.js";
import { distributionStream } from "./draw.js";

const SMALLEST = 1.1754943508222875e-38;

/**
 * Draws from Gamma(concentration, 1), with gradients to the concentration by implicit reparametrisation (Figurnov et
 * al., 2018). Draws and their derivatives are computed on the host, for which the concentration is read.
 */
export function drawStandardGamma(concentration: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [alpha] = inputs;
    if (!(alpha instanceof tf.Tensor)) throw new TypeError("the concentration is a tensor");
    const alphas = alpha.dataSync();
    const stream = distributionStream();
    const draws = Float32Array.from(alphas, (one) => Math.max(SMALLEST, drawGamma(one, stream)));
    return {
      value: tf.tensor(draws, [...shape]),
      gradFunc: (dy: tf.Tensor) =>
        tf.mul(
          dy,
          tf.tensor(
            draws.map((z, i) => standardGammaDerivative(alphas[i] ?? 1, z)),
            [...shape],
          ),
        ),
    };
  })(broadcastTo(concentration, shape));
}

/** Marsaglia and Tsang (2000). */
function drawGamma(alpha: number, stream: RandomStream): number {
  if (!(alpha > 0)) return Number.NaN;
  if (alpha < 1) return drawGamma(alpha + 1, stream) * (1 - stream.uniform()) ** (1 / alpha);
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - stream.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * dz/dα of a draw z: minus the derivative of the distribution function by α, divided by the density. Both have the
 * series `P = z^α e^-z / Γ(α + 1) · Σ z^n / ((α + 1) … (α + n))`, of which the factor before the sum cancels.
 */
export function standardGammaDerivative(alpha: number, z: number): number {
  let term = 1;
  let harmonic = 0;
  let sum = 1;
  let slope = 0;
  for (let n = 1; n < 100_000 && (term > 1e-17 * sum || n < z); n += 1) {
    term *= z / (alpha + n);
    harmonic += 1 / (alpha + n);
    sum += term;
    slope -= term * harmonic;
  }
  return (-z / alpha) * (sum * (Math.log(z) - digammaOf(alpha + 1)) + slope);
}

/** In float64, for x > 0. */
function digammaOf(x: number): number {
  let [at, sum] = [x, 0];
  for (; at < 10; at += 1) sum -= 1 / at;
  const square = 1 / (at * at);
  return sum + Math.log(at) - 0.5 / at - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
}
