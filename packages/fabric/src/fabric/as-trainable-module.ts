import { describeValue, MisconfigurationError, nn } from "@lightning-ts/core";
import type { TrainableModule } from "../precision/trainable.js";

/** What Fabric uses of a `tf.LayersModel`. */
export type LayersModelLike = Parameters<typeof nn.fromLayersModel>[0];

/** Models that `setup` accepts. */
export type SetupModule = TrainableModule | LayersModelLike;

export function isLayersModel(value: unknown): value is LayersModelLike {
  return (
    typeof value === "object" &&
    value !== null &&
    "trainableWeights" in value &&
    "layers" in value &&
    "countParams" in value
  );
}

/** @throws MisconfigurationError for something that is no model */
export function asTrainableModule(model: SetupModule): TrainableModule {
  if (isLayersModel(model)) return nn.fromLayersModel(model);
  if (typeof model === "object" && model !== null && "parameters" in model && "stateDict" in model) return model;
  throw new MisconfigurationError({
    code: "LIT_NOT_A_MODULE",
    message: "setup() needs a model first.",
    expected: "an nn.Module or a tf.LayersModel",
    received: describeValue(model),
  });
}
