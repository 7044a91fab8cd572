import { describeValue, MisconfigurationError, type nn } from "@lightning-ts/core";

/** Makes the normalization after a convolution: `(channels) => new nn.BatchNorm2d(channels)`. */
export type NormLayer = (channels: number) => nn.TensorModule;

/** @throws MisconfigurationError where the option is a class, as it is in Python, or gives no module */
export function createNorm(normLayer: NormLayer, channels: number): nn.TensorModule {
  if (typeof normLayer !== "function" || /^class\b/.test(Function.prototype.toString.call(normLayer)))
    throw new MisconfigurationError({
      message: "normLayer is no function that makes a layer.",
      expected: "(channels) => new nn.BatchNorm2d(channels), or another layer",
      received: describeValue(normLayer),
    });
  return normLayer(channels);
}
