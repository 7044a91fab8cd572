import type { DigitDataset } from "@apps/mnist-data";
import { noGrad, tensorScope, toDevice } from "lightning-ts/core";
import { drawDigits } from "./draw-digits.js";
import type { LitMnist } from "./lit-mnist.js";

/** Draws some digits, each with what the model takes it for and what it is. */
export async function classifyDigits(
  model: LitMnist,
  digits: DigitDataset,
  indices: readonly number[],
): Promise<string> {
  using _scope = tensorScope({ tape: false });
  model.eval();
  const [images] = toDevice(digits.getBatch(indices));
  const guesses = await noGrad(() => model.forward(images).argMax(1)).data();
  return drawDigits(
    indices.map((index, i) => {
      const guess = guesses[i];
      const truth = digits.labelOf(index);
      return {
        pixels: digits.pixelsOf(index),
        caption: guess === truth ? `a ${guess}` : `a ${guess}? it is a ${truth}`,
      };
    }),
  );
}
