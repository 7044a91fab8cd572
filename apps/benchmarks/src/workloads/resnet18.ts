import { resnet18 as createResnet18 } from "@lightning-ts/vision";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const [BATCH, SIDE, CLASSES] = [64, 32, 10];

export const resnet18: Workload = {
  name: "resnet18",
  description: `torchvision's ResNet-18 on ${SIDE}×${SIDE}, batch norm in training, batch ${BATCH}, Adam`,
  isRandom: false,
  create: () => ({
    model: createResnet18({ numClasses: CLASSES }),
    inputs: normalNumbers(BATCH, 3, SIDE, SIDE),
    targets: wholeNumbers(CLASSES, BATCH),
  }),
};
