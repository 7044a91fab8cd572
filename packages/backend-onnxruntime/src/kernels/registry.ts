import type { LazyKernel } from "../contract/lazy-kernel.js";
import { FUSED_KERNELS } from "../lowering/fused/index.js";
import { ELEMENTWISE_KERNELS } from "./elementwise-kernels.js";
import { MATRIX_KERNELS } from "./matrix-kernels.js";

/** Every kernel that can be put into a graph. A later one replaces an earlier one of the same name. */
export const LAZY_KERNELS: readonly LazyKernel[] = [...ELEMENTWISE_KERNELS, ...MATRIX_KERNELS, ...FUSED_KERNELS];
