import type { LazyKernel } from "../../contract/lazy-kernel.js";

/** The `lit.*` kernels of `contract/fused-kernels.ts`. */
export const FUSED_KERNELS: readonly LazyKernel[] = [];
