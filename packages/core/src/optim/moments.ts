import { checkNumber } from "./check-number.js";
import type { Memory } from "./fused-optimizer.js";

/** What optimizers of Adam's kind have in a group. */
export interface Betas {
  /** Decay of the running means of the gradient and of its square. */
  betas: readonly [number, number];
}

export const BETAS: Betas = { betas: [0.9, 0.999] };

/** The running means of the gradient and of its square. */
export const MOMENTS: readonly Memory[] = [
  { list: "m", name: "exp_avg" },
  { list: "v", name: "exp_avg_sq" },
];

/** What a parameter that has taken a step is remembered by. */
export const STATE_WITH_MOMENTS: readonly string[] = ["step", ...MOMENTS.map(({ name }) => name)];

/** @throws MisconfigurationError when a beta is not in 0 … 1 */
export function checkBetas(owner: string, { betas }: Betas): void {
  for (const beta of betas) checkNumber(owner, "betas", beta, 0, 1);
}
