import { convolve, convolveInputGrad, convolveWeightGrad, type ReferenceConv } from "./convolution.js";
import { expectClose } from "./expect-close.js";
import { NdArray } from "./nd-array.js";
import { TestRandom } from "./random-array.js";
import { runFused } from "./run-fused.js";
import { padded } from "./window-of.js";

export interface ConvCase extends ReferenceConv {
  readonly x: readonly number[];
  readonly weight: readonly number[];
}

export function attributesOf({ stride, padding, dilation, groups }: ConvCase) {
  return { stride: [...stride], padding: padding.map((pair) => [...pair]), dilation: [...dilation], groups };
}

/** Holds a convolution and both its gradients, of random numbers, against sums over all products. */
export function expectConvolution(conv: ConvCase, seed = 1): void {
  const random = new TestRandom(seed);
  const x = random.array(conv.x);
  const weight = random.array(conv.weight);
  const bias = random.array(conv.weight.slice(0, 1));
  const y = convolve(x, weight, conv);
  expectClose(runFused("lit.Conv", { x, weight }, attributesOf(conv))[0], y);
  const withBias = new NdArray(y.shape, y.data);
  for (const index of y.indices()) withBias.add(index, bias.get(index.slice(1, 2)));
  expectClose(runFused("lit.Conv", { x, weight, bias }, attributesOf(conv))[0], withBias);
  const dy = random.array(y.shape);
  const dx = runFused("lit.ConvInputGrad", { dy, weight }, { ...attributesOf(conv), inputShape: [...conv.x] });
  expectClose(dx[0], convolveInputGrad(dy, weight, conv.x, conv));
  const dw = runFused("lit.ConvWeightGrad", { x, dy }, { ...attributesOf(conv), weightShape: [...conv.weight] });
  expectClose(dw[0], convolveWeightGrad(x, dy, conv.weight, conv), 1e-4);
}

/** What most cases share. */
export const plain = { stride: [1, 1], padding: padded([0, 0]), dilation: [1, 1], groups: 1 } as const;
