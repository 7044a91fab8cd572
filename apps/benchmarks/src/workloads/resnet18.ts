import { resnet18 as createResnet18 } from "@lightning-ts/vision";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const [BATCH, SIDE, CLASSES] = [64, 32, 10];

export const resnet18: Workload = {
  name: "resnet18",
  description: `torchvision's ResNet-18 on ${SIDE}×${SIDE}, batch norm in training, batch ${BATCH}, Adam`,
  task: "train",
  multiplications: BATCH * multiplicationsOfAnImage(),
  isRandom: false,
  create: () => ({
    model: createResnet18({ numClasses: CLASSES }),
    inputs: normalNumbers(BATCH, 3, SIDE, SIDE),
    targets: wholeNumbers(CLASSES, BATCH),
  }),
};

/** The stem at 16×16, then two blocks each at 8×8, 4×4, 2×2 and 1×1. */
function multiplicationsOfAnImage(): number {
  const stem = 16 ** 2 * 64 * 3 * (7 - 6 / 16) ** 2;
  const blocks = [
    { side: 8, width: 64 },
    { side: 4, width: 128 },
    { side: 2, width: 256 },
    { side: 1, width: 512 },
  ].map(({ side, width }) => {
    // Along each axis, how many of a kernel's three offsets meet the image, in the mean of all positions.
    const [same, halving] = [(3 - 2 / side) ** 2, (3 - 1 / side) ** 2];
    const whole = width ** 2;
    const entry = width === 64 ? whole * same : (whole / 2) * (halving + 1);
    return side ** 2 * (entry + 3 * whole * same);
  });
  return [stem, ...blocks, 512 * CLASSES].reduce((sum, count) => sum + count);
}
