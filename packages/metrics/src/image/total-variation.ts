import { MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireTensors } from "../base/require-tensors.js";
import { reducedRows, requireRowReduction, RowValues, type RowReduction } from "../base/row-values.js";

export interface TotalVariationOptions {
  /** How the values of images become one. @default "sum" */
  readonly reduction?: RowReduction | undefined;
}

function reductionOf(owner: string, options: TotalVariationOptions): RowReduction {
  rejectUnknownOptions(owner, options, ["reduction"]);
  const { reduction = "sum" } = options;
  requireRowReduction(owner, reduction);
  return reduction;
}

/** The sum of absolute differences of neighbours, of each image. */
function variations(images: tf.Tensor): tf.Tensor {
  requireTensors("TotalVariation", images);
  if (images.rank !== 4) {
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: "TotalVariation compares the neighbours in images.",
      expected: "shape [batch, channels, height, width]",
      received: `shape [${images.shape.join(", ")}]`,
    });
  }
  const along = (axis: number): tf.Tensor => {
    const length = images.shape[axis] ?? 0;
    const [start, size] = [[0, 0, 0, 0], [...images.shape]];
    size[axis] = length - 1;
    const first = tf.slice(x, start, size);
    start[axis] = 1;
    return tf.sum(tf.abs(tf.sub(tf.slice(x, start, size), first)), [1, 2, 3]);
  };
  const x = asFloats(images);
  return tf.add(along(2), along(3));
}

/**
 * The sum of absolute differences of neighbouring pixels.
 * @param images [batch, channels, height, width]
 * @returns a scalar, or [batch] for `reduction: "none"`; differentiable
 */
export function totalVariation(images: tf.Tensor, options: TotalVariationOptions = {}): tf.Tensor {
  const reduction = reductionOf("totalVariation", options);
  return reducedRows(variations(images), reduction);
}

/**
 * The sum of absolute differences of neighbouring pixels, over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { TotalVariation } from "@lightning-ts/metrics";
 *
 * const variation = new TotalVariation();
 * variation.update(tf.tensor4d([[[[0, 1], [2, 5]]]]));
 * console.log(variation.compute().dataSync()[0]); // 10
 * ```
 */
export class TotalVariation extends RowValues {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  constructor(options: TotalVariationOptions = {}) {
    super("TotalVariation", reductionOf("TotalVariation", options), options);
  }

  /** @param images [batch, channels, height, width] */
  override update(images: tf.Tensor): void {
    this.addRows(variations(images));
  }
}
