import type { LazyKernel } from "../contract/lazy-kernel.js";

export const MATRIX_KERNELS: readonly LazyKernel[] = [];
