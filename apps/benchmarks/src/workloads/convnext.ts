import { F, nn, tf } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const [BATCH, SIDE, CLASSES] = [32, 32, 10];

/** ConvNeXt's, without stochastic depth. */
class Block extends nn.Module {
  readonly depthwise: nn.Conv2d;
  readonly norm: nn.LayerNorm;
  readonly expand: nn.Linear;
  readonly contract: nn.Linear;
  readonly scale: nn.Parameter;

  constructor(width: number) {
    super();
    this.depthwise = new nn.Conv2d(width, width, 7, { padding: 3, groups: width });
    this.norm = new nn.LayerNorm(width, { eps: 1e-6 });
    this.expand = new nn.Linear(width, 4 * width);
    this.contract = new nn.Linear(4 * width, width);
    this.scale = new nn.Parameter(tf.zeros([width]));
    this.scale.setData(new Float32Array(width).fill(0.1));
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const rows = this.norm.forward(tf.transpose(this.depthwise.forward(x), [0, 2, 3, 1])); // [N, H, W, C]
    const y = tf.mul(this.contract.forward(F.gelu(this.expand.forward(rows))), this.scale);
    return tf.add(x, tf.transpose(y, [0, 3, 1, 2]));
  }
}

class ConvNext extends nn.Module {
  readonly stem = new nn.Conv2d(3, 64, 2, { stride: 2 });
  readonly stage1 = new nn.Sequential(new Block(64), new Block(64));
  readonly down = new nn.Conv2d(64, 128, 2, { stride: 2 });
  readonly stage2 = new nn.Sequential(new Block(128), new Block(128));
  readonly norm = new nn.LayerNorm(128);
  readonly head = new nn.Linear(128, CLASSES);

  override forward(x: tf.Tensor): tf.Tensor {
    const features = this.stage2.forward(this.down.forward(this.stage1.forward(this.stem.forward(x))));
    return this.head.forward(this.norm.forward(tf.mean(features, [2, 3])));
  }
}

export const convnext: Workload = {
  name: "convnext",
  description: `two stages of two ConvNeXt blocks (depthwise 7×7, layer norm, gelu) on ${SIDE}×${SIDE}, batch ${BATCH}, Adam`,
  task: "train",
  multiplications: BATCH * multiplicationsOfAnImage(),
  isRandom: false,
  create: () => ({
    model: new ConvNext(),
    inputs: normalNumbers(BATCH, 3, SIDE, SIDE),
    targets: wholeNumbers(CLASSES, BATCH),
  }),
};

function multiplicationsOfAnImage(): number {
  // Of seven offsets along an axis, in the mean of all positions, twelve of the image's sides are in the padding.
  const block = (side: number, width: number) => side ** 2 * width * ((7 - 12 / side) ** 2 + 8 * width);
  return 16 ** 2 * 64 * 12 + 2 * block(16, 64) + 8 ** 2 * 128 * 64 * 4 + 2 * block(8, 128) + 128 * CLASSES;
}
