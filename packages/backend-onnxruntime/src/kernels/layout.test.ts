import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

const models: Uint8Array[] = [];

beforeAll(async () => {
  await startBackend({ dumpModel: (model) => models.push(model) });
});

it("convolutions, biases, activations and pools of [N, H, W, C] images leave transposes only at the edges and on the filters", () => {
  tf.tidy(() => {
    const images = tf.randomNormal<tf.Rank.R4>([2, 12, 12, 3]);
    const filters = [tf.randomNormal<tf.Rank.R4>([3, 3, 3, 4]), tf.randomNormal<tf.Rank.R4>([3, 3, 4, 5])] as const;
    const hidden = tf.maxPool(
      tf.relu(tf.add<tf.Tensor4D>(tf.conv2d(images, filters[0], 1, "valid"), tf.tensor1d([1, 2, 3, 4]))),
      2,
      2,
      "valid",
    );
    const result = tf.elu(tf.conv2d(tf.relu(hidden), filters[1], 1, "same"));
    result.dataSync();
  });
  const model = Buffer.from(models.at(-1) ?? []);
  // The image, two filters, and the result.
  expect(model.toString("latin1").split("Transpose").length - 1).toBe(4);
});
