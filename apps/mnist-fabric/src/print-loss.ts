import type { Tensor } from "@tensorflow/tfjs";

const EVERY = 20;

/** Prints the loss of every 20th step, to four decimals. */
export function printLoss(step: number, loss: Tensor | null): void {
  if (loss !== null && step % EVERY === EVERY - 1)
    console.log(`step ${String(step + 1).padStart(3)}  loss ${loss.dataSync()[0]?.toFixed(4)}`);
}
