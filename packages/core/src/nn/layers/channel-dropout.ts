import type { tf } from "../../tensor/tf.js";
import { alphaDropout, dropout1d, dropout2d, dropout3d } from "../functional/channel-dropout.js";
import { inLayer } from "../in-layer.js";
import { Dropout } from "./dropout.js";

/** Zeroes whole channels of sequences [N, C, L] or [C, L] in training. */
export class Dropout1d extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout1d(x, { p: this.p, training: this.training }));
  }
}

/** Zeroes whole channels of images [N, C, H, W] or [C, H, W] in training. */
export class Dropout2d extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout2d(x, { p: this.p, training: this.training }));
  }
}

/** Zeroes whole channels of volumes [N, C, D, H, W] or [C, D, H, W] in training. */
export class Dropout3d extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => dropout3d(x, { p: this.p, training: this.training }));
  }
}

/** Dropout in training that keeps mean and deviation, behind `nn.SELU`. */
export class AlphaDropout extends Dropout {
  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => alphaDropout(x, { p: this.p, training: this.training }));
  }
}
