import type { tf } from "../../tensor/tf.js";
import { alphaDropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "../functional/channel-dropout.js";
import { inLayer } from "../in-layer.js";
import { Dropout } from "./dropout.js";

/**
 * Zeroes whole channels of sequences [N, C, L] or [C, L] in training.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Dropout1d(0.2);
 * console.log(layer.forward(tf.ones([2, 3, 8])).shape); // [2, 3, 8]
 * ```
 */
export class Dropout1d extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout1d(x, { p: this.p, training: this.training }));
  }
}

/**
 * Zeroes whole channels of images [N, C, H, W] or [C, H, W] in training.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Dropout2d(0.2);
 * console.log(layer.forward(tf.ones([2, 3, 8, 8])).shape); // [2, 3, 8, 8]
 * ```
 */
export class Dropout2d extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout2d(x, { p: this.p, training: this.training }));
  }
}

/**
 * Zeroes whole channels of volumes [N, C, D, H, W] or [C, D, H, W] in training.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.Dropout3d(0.2);
 * console.log(layer.forward(tf.ones([2, 3, 4, 4, 4])).shape); // [2, 3, 4, 4, 4]
 * ```
 */
export class Dropout3d extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout3d(x, { p: this.p, training: this.training }));
  }
}

/**
 * Dropout in training that keeps mean and deviation, behind `nn.SELU`.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.AlphaDropout(0.1);
 * console.log(layer.forward(tf.ones([2, 8])).shape); // [2, 8]
 * ```
 */
export class AlphaDropout extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => alphaDropout(x, { p: this.p, training: this.training }));
  }
}

/**
 * The same for whole channels [N, C, ...].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.FeatureAlphaDropout(0.1);
 * console.log(layer.forward(tf.ones([2, 8, 4])).shape); // [2, 8, 4]
 * ```
 */
export class FeatureAlphaDropout extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => featureAlphaDropout(x, { p: this.p, training: this.training }));
  }
}
