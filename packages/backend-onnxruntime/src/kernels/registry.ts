import type { LazyKernel } from "../contract/lazy-kernel.js";
import { FUSED_KERNELS } from "../lowering/fused/index.js";
import { ARITHMETIC_KERNELS } from "./arithmetic-kernels.js";
import { CONVOLUTION_KERNELS } from "./convolution-kernels.js";
import { CREATION_KERNELS } from "./creation-kernels.js";
import { CUMULATIVE_KERNELS } from "./cumulative-kernels.js";
import { DILATION_KERNELS } from "./dilation-kernels.js";
import { ELEMENTWISE_KERNELS } from "./elementwise-kernels.js";
import { IMAGE_KERNELS } from "./image-kernels.js";
import { INDEX_KERNELS } from "./index-kernels.js";
import { JOIN_KERNELS } from "./join-kernels.js";
import { MATRIX_KERNELS } from "./matrix-kernels.js";
import { NORMALIZATION_KERNELS } from "./normalization-kernels.js";
import { PAD_KERNELS } from "./pad-kernels.js";
import { POOL_KERNELS } from "./pool-kernels.js";
import { REDUCTION_KERNELS } from "./reduction-kernels.js";
import { SELECTION_KERNELS } from "./selection-kernels.js";
import { SHAPE_KERNELS } from "./shape-kernels.js";
import { SLICE_KERNELS } from "./slice-kernels.js";

/** Every kernel that can be put into a graph. */
export const LAZY_KERNELS: readonly LazyKernel[] = [
  ...ELEMENTWISE_KERNELS,
  ...ARITHMETIC_KERNELS,
  ...REDUCTION_KERNELS,
  ...SHAPE_KERNELS,
  ...JOIN_KERNELS,
  ...PAD_KERNELS,
  ...SLICE_KERNELS,
  ...INDEX_KERNELS,
  ...SELECTION_KERNELS,
  ...CUMULATIVE_KERNELS,
  ...CREATION_KERNELS,
  ...MATRIX_KERNELS,
  ...NORMALIZATION_KERNELS,
  ...CONVOLUTION_KERNELS,
  ...POOL_KERNELS,
  ...DILATION_KERNELS,
  ...IMAGE_KERNELS,
  ...FUSED_KERNELS,
];
