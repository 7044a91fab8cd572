import { registerGradient, type GradConfig } from "@tensorflow/tfjs-core";
import { absGradient } from "./abs.js";
import { atan2Gradient } from "./atan2.js";
import { clipByValueGradient } from "./clip-by-value.js";
import { cumprodGradient } from "./cumprod.js";
import { floorDivGradient } from "./floor-div.js";
import { maxGradient, minGradient } from "./max.js";
import { maximumGradient, minimumGradient } from "./maximum.js";
import { powGradient } from "./pow.js";
import { realDivGradient } from "./real-div.js";
import { relu6Gradient } from "./relu6.js";
import { selectGradient } from "./select.js";
import { squaredDifferenceGradient } from "./squared-difference.js";

const CORRECTED: readonly GradConfig[] = [
  absGradient,
  atan2Gradient,
  clipByValueGradient,
  cumprodGradient,
  floorDivGradient,
  maxGradient,
  maximumGradient,
  minGradient,
  minimumGradient,
  powGradient,
  realDivGradient,
  relu6Gradient,
  selectGradient,
  squaredDifferenceGradient,
];

/**
 * Replaces tfjs' gradients where they differ from PyTorch's at special points, for plain tfjs ops on every backend.
 * Importing `@tensorflow/tfjs-layers` or `@tensorflow/tfjs` later puts tfjs' own back, so starting a backend does this again.
 */
export function registerCorrectedGradients(): void {
  for (const config of CORRECTED) registerGradient(config);
}
