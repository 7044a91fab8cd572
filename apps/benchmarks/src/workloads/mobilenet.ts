import { nn } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const [BATCH, SIDE, CLASSES, STEM] = [64, 32, 10, 32];

interface Block {
  readonly channels: number;
  readonly width: number;
  readonly stride: number;
}

const BLOCKS: readonly Block[] = [
  { channels: STEM, width: 64, stride: 1 },
  { channels: 64, width: 128, stride: 2 },
  { channels: 128, width: 128, stride: 1 },
  { channels: 128, width: 256, stride: 2 },
  { channels: 256, width: 256, stride: 1 },
  { channels: 256, width: 512, stride: 2 },
  { channels: 512, width: 512, stride: 1 },
];

/** Blocks as MobileNet has them, fewer of them: a depthwise convolution, then a product of channels. */
export const mobilenet: Workload = {
  name: "mobilenet",
  description: `seven of MobileNet's depthwise separable blocks on ${SIDE}×${SIDE}, ReLU6, batch norm in training, batch ${BATCH}, Adam`,
  task: "train",
  multiplications: BATCH * multiplicationsOfAnImage(),
  isRandom: false,
  create: () => ({
    model: new nn.Sequential(
      ...activated(new nn.Conv2d(3, STEM, 3, { padding: 1, bias: false }), STEM),
      ...BLOCKS.flatMap(layersOf),
      new nn.AdaptiveAvgPool2d(1),
      new nn.Flatten(),
      new nn.Linear(512, CLASSES),
    ),
    inputs: normalNumbers(BATCH, 3, SIDE, SIDE),
    targets: wholeNumbers(CLASSES, BATCH),
  }),
};

function layersOf({ channels, width, stride }: Block): nn.TensorModule[] {
  const depthwise = new nn.Conv2d(channels, channels, 3, { stride, padding: 1, groups: channels, bias: false });
  return [...activated(depthwise, channels), ...activated(new nn.Conv2d(channels, width, 1, { bias: false }), width)];
}

function activated(convolution: nn.Conv2d, width: number): nn.TensorModule[] {
  return [convolution, new nn.BatchNorm2d(width), new nn.ReLU6()];
}

/**
 * Of three offsets along an axis `3 - 2 / side` meet the image, in the mean of all positions; `3 - 1 / side` where
 * every other position is left out.
 */
function multiplicationsOfAnImage(): number {
  let side = SIDE;
  let sum = side ** 2 * STEM * 3 * (3 - 2 / side) ** 2 + 512 * CLASSES;
  for (const { channels, width, stride } of BLOCKS) {
    side /= stride;
    sum += side ** 2 * channels * ((3 - (stride === 1 ? 2 : 1) / side) ** 2 + width);
  }
  return sum;
}
