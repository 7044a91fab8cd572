import { registerGradient, type GradConfig } from "@tensorflow/tfjs-core";
import { absGradient } from "./abs.js";
import { atan2Gradient } from "./atan2.js";
import { clipByValueGradient } from "./clip-by-value.js";
import { cumprodGradient } from "./cumprod.js";
import { cumsumGradient } from "./cumsum.js";
import { diagGradient } from "./diag.js";
import { eluGradGradient } from "./elu-grad.js";
import { flipLeftRightGradient } from "./flip-left-right.js";
import { floorDivGradient } from "./floor-div.js";
import { maxGradient, minGradient } from "./max.js";
import { maximumGradient, minimumGradient } from "./maximum.js";
import { mirrorPadGradient } from "./mirror-pad.js";
import { splitGradient, unpackGradient } from "./parts.js";
import { powGradient } from "./pow.js";
import { realDivGradient } from "./real-div.js";
import { reciprocalGradient } from "./reciprocal.js";
import { relu6Gradient } from "./relu6.js";
import { resizeBilinearGradient, resizeNearestGradient } from "./resize.js";
import { rsqrtGradient } from "./rsqrt.js";
import { selectGradient } from "./select.js";
import { squaredDifferenceGradient } from "./squared-difference.js";
import { stridedSliceGradient } from "./strided-slice.js";
import { meanGradient, sumGradient } from "./sum.js";
import { tensorScatterUpdateGradient } from "./tensor-scatter-update.js";
import { tileGradient } from "./tile.js";

const CORRECTED: readonly GradConfig[] = [
  absGradient,
  atan2Gradient,
  clipByValueGradient,
  cumprodGradient,
  cumsumGradient,
  diagGradient,
  eluGradGradient,
  flipLeftRightGradient,
  floorDivGradient,
  maxGradient,
  maximumGradient,
  meanGradient,
  minGradient,
  minimumGradient,
  mirrorPadGradient,
  powGradient,
  realDivGradient,
  reciprocalGradient,
  relu6Gradient,
  resizeBilinearGradient,
  resizeNearestGradient,
  rsqrtGradient,
  selectGradient,
  splitGradient,
  squaredDifferenceGradient,
  stridedSliceGradient,
  sumGradient,
  tensorScatterUpdateGradient,
  tileGradient,
  unpackGradient,
];

/** Gradients that other folders register. */
const lasting: GradConfig[] = [];

/**
 * Replaces tfjs' gradients where they are wrong or differ from PyTorch's at special points, and adds some that it
 * lacks, for plain tfjs ops on every backend.
 * Importing `@tensorflow/tfjs-layers` or `@tensorflow/tfjs` later puts tfjs' own back, so starting a backend does this
 * again.
 */
export function registerCorrectedGradients(): void {
  for (const config of [...CORRECTED, ...lasting]) registerGradient(config);
}

/** Registers a gradient, now and whenever a backend starts. */
export function registerLastingGradient(config: GradConfig): void {
  lasting.push(config);
  registerGradient(config);
}
