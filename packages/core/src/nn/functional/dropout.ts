import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { dropout as dropoutKernel } from "../../kernels/dropout.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { nextSeed } from "./next-seed.js";

/**
 * Zeroes elements with probability `p` and scales the others by 1 / (1 - p). Draws from the random stream "dropout".
 * @param options.p 0 … 1. @default 0.5
 * @param options.training false returns x itself. @default true
 * @throws MisconfigurationError
 */
export function dropout(
  x: tf.Tensor,
  options: { readonly p?: number | undefined; readonly training?: boolean | undefined } = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("dropout", { x });
  checkOptions("dropout", options, ["p", "training"]);
  refuseMore("dropout", more);
  const p = options.p ?? 0.5;
  if (!(p >= 0 && p <= 1))
    throw new MisconfigurationError({
      message: "dropout: this is no probability.",
      expected: "p from 0 to 1",
      received: String(p),
    });
  if (options.training === false || p === 0) return x;
  checkFloats("dropout", { x });
  if (p === 1) return tf.mul(x, 0);
  return runFusedSingle(dropoutKernel, { x, seed: tf.tensor1d(nextSeed("dropout"), "int32") }, { p });
}
