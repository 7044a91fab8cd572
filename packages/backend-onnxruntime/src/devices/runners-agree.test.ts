import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { BACKEND_NAME } from "../register-onnxruntime.js";
import { startBackend } from "../testing/start-backend.js";
import { TinyClassifier } from "../testing/tiny-classifier.js";
import { JavaScriptRunner } from "./javascript/javascript-runner.js";
import { openGraphRunner } from "./open-graph-runner.js";
import type { GraphRunner } from "../contract/graph-runner.js";

async function weightsAfterTraining(runner: GraphRunner): Promise<number[]> {
  const backend = await startBackend({ runner });
  const model = new TinyClassifier(5);
  for (let step = 0; step < 50; step += 1) {
    model.step(step, step % 7 === 6 ? 5 : 16).dispose();
    await backend.submit();
  }
  const weights = model.weights();
  model.dispose();
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
  return weights;
}

it("training through the JavaScript interface gives the bits that the C API gives", async () => {
  const native = await weightsAfterTraining(openGraphRunner());
  const fallback = await weightsAfterTraining(new JavaScriptRunner());
  expect(fallback).toEqual(native);
  expect(native.every(Number.isFinite)).toBe(true);
});
