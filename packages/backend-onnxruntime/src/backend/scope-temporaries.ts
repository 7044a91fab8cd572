import { engine } from "@tensorflow/tfjs-core";
import { DataHandle } from "./lazy-data.js";

/**
 * Stamps the contents of tensors that the end of an open scope (`tf.tidy`, `startScope`) will free, apart from kept
 * ones.
 */
export function stampTemporaries(stamp: number): void {
  for (const scope of engine().state.scopeStack) {
    for (const { dataId, kept } of scope.track) {
      if (!kept && dataId instanceof DataHandle && dataId.data !== undefined) dataId.data.temporaryIn = stamp;
    }
  }
}
