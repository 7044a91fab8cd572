import type { LazyKernel } from "../contract/lazy-kernel.js";
import { binaryKernel } from "./binary-kernel.js";
import { unaryKernel } from "./unary-kernel.js";

export const ELEMENTWISE_KERNELS: readonly LazyKernel[] = [
  binaryKernel("Add", (g, a, b, shape) => g.op("Add", [a, b], { shape })),
  binaryKernel("Sub", (g, a, b, shape) => g.op("Sub", [a, b], { shape })),
  binaryKernel("Multiply", (g, a, b, shape) => g.op("Mul", [a, b], { shape })),
  unaryKernel("Relu", (g, x) => g.op("Relu", [x])),
];
