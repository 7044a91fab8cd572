import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { BACKEND_NAME } from "../register-onnxruntime.js";
import { opaqueRunner } from "../testing/opaque-runner.js";
import { useSoftwareGpu } from "../testing/software-gpu.js";
import { startBackend } from "../testing/start-backend.js";
import { TinyClassifier } from "../testing/tiny-classifier.js";
import { openGraphRunner } from "./open-graph-runner.js";
import { JavaScriptRunner } from "./javascript/javascript-runner.js";
import type { GraphRunner } from "../contract/graph-runner.js";

/** What the rest of the engine may know of `session/` and `devices/`: nothing there says where a number lies. */
const DOORS = [
  "devices/availability",
  "devices/device-hardware",
  "devices/engine-availability",
  "devices/hardware",
  "devices/open-graph-runner",
  "session/parse-profile",
  "session/profile-files",
];
/** What calls native functions and reaches native memory. */
const FOREIGN = ["koffi", "onnxruntime-node"];
const source = fileURLToPath(new URL("..", import.meta.url));

function filesOutside(): string[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(ts|js)$/.test(path) && !/\.(test|test-d)\.ts$|(^|\/)(testing|fixtures)\//.test(path))
    .filter((path) => !/^(session|devices)\//.test(path));
}

/** Modules that a file names in an import, static or dynamic, or in a `require`, without their way up. */
function modulesOf(path: string): string[] {
  const text = readFileSync(`${source}/${path}`, "utf8");
  const named = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\(|\)\()\s*["']([^"']+)["']/g);
  return [...named].map(([, name = ""]) => name.replace(/^(\.\.?\/)+/, "").replace(/\.js$/, ""));
}

describe("the code outside of session/ and devices/", () => {
  it("imports nothing that reaches the memory of a buffer", () => {
    const files = filesOutside();
    expect(files.length).toBeGreaterThan(200);
    const forbidden = files.flatMap((path) =>
      modulesOf(path)
        .filter((name) => FOREIGN.includes(name) || (/^(session|devices)\//.test(name) && !DOORS.includes(name)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(forbidden).toEqual([]);
  });

  it("is seen importing what it may", () => {
    expect(modulesOf("register-onnxruntime.ts")).toContain("devices/open-graph-runner");
    expect(modulesOf("backend/run-profile.ts")).toContain("session/parse-profile");
  });
});

describe.each([
  ["the C API", () => openGraphRunner()],
  ["the JavaScript interface", () => new JavaScriptRunner()],
])("a training step through %s, whose buffers tell nothing but their size,", (_name, create) => {
  it("computes the same bits", async () => {
    const plain = await trainedWeights(create());
    const sealed = await trainedWeights(opaqueRunner(create()));
    expect(plain.every(Number.isFinite)).toBe(true);
    expect(sealed).toEqual(plain);
  });
});

describe.skipIf(!useSoftwareGpu())("on WebGPU", () => {
  it("a step whose buffers tell nothing computes the same bits", async () => {
    const plain = await trainedWeights(openGraphRunner({ device: "webgpu" }));
    expect(await trainedWeights(opaqueRunner(openGraphRunner({ device: "webgpu" })))).toEqual(plain);
  });
});

it("a sealed buffer refuses whoever looks into it", async () => {
  const runner = opaqueRunner(openGraphRunner());
  const buffer = runner.allocate(16);
  expect(buffer.sizeBytes).toBe(16);
  expect(() => Reflect.get(buffer, "memory")).toThrow("Only the device may look at memory of its buffers.");
  expect(() => ({ ...buffer })).toThrow("Only the device");
  await runner.close();
});

/** Steps with products, sums, an update by a program, an index check, a scatter, random bits, reads and a failure. */
async function trainedWeights(runner: GraphRunner): Promise<number[]> {
  const backend = await startBackend({ runner });
  const model = new TinyClassifier(5);
  const table = tf.variable(tf.ones<tf.Rank.R2>([7, 5]));
  for (let step = 0; step < 5; step += 1) {
    model.step(step).dispose();
    tf.tidy(() => {
      const rows = tf.tensor1d([step, 2, 2], "int32");
      const { engine } = tf;
      const summed = { dy: tf.ones([3, 5]), indices: rows };
      const scattered = engine().runKernel<tf.Tensor>("lit.EmbeddingGrad", summed, { rows: 7, paddingIndex: -1 });
      const drawn = { x: table, seed: tf.tensor1d([step, 99], "int32") };
      const masked = engine().runKernel<tf.Tensor>("lit.Dropout", drawn, { p: 0.5 });
      table.assign(tf.add(tf.add(masked, scattered), tf.gather(table, tf.scalar(0, "int32"))));
    });
    await backend.submit();
  }
  tf.tidy(() => table.assign(tf.gather(table, tf.mul(tf.range(0, 7, 1, "int32"), tf.scalar(9, "int32")))));
  await expect(backend.synchronize()).rejects.toThrow("out of range");
  const values = [...model.weights(), ...table.dataSync(), ...(await tf.sum(table, 0).data())];
  model.dispose();
  table.dispose();
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
  return values;
}
