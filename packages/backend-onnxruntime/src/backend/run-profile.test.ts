import * as tf from "@tensorflow/tfjs-core";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import type { EngineProfile } from "../contract/engine-profile.js";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;
beforeAll(async () => {
  backend = await startBackend();
});

/** Kernels of a profile with their origins, in the order in which they ran. */
function kernels({ runs }: EngineProfile): string[] {
  const operations = new Set(runs.flatMap(({ nodes }) => nodes.map(({ operation }) => operation)));
  return [...operations].map((operation) => `${operation?.kernel} ${JSON.stringify(operation?.origin)}`);
}

const step = (x: tf.Tensor): number => tf.tidy(() => tf.sum(tf.exp(tf.matMul(x, x))).dataSync()[0] ?? 0);

describe("a profile", () => {
  it("has each kernel with what it was recorded for, and the times of its nodes", () => {
    const x = tf.fill([64, 64], 0.01);
    const plain = step(x);
    let place = "first";
    const profile = backend.startProfile(() => ({ place }));
    expect(step(x)).toBe(plain);
    place = "second";
    expect(step(x)).toBe(plain);
    const found = profile.stop();
    expect(kernels(found)).toEqual(
      ["first", "second"].flatMap((at) => ["BatchMatMul", "Exp", "Sum"].map((name) => `${name} {"place":"${at}"}`)),
    );
    const [first, second] = found.runs;
    expect(found.runs).toHaveLength(2);
    expect(first?.startMs).toBeGreaterThanOrEqual(found.startMs);
    expect(second?.startMs).toBeGreaterThanOrEqual((first?.startMs ?? 0) + (first?.durationMs ?? 0));
    for (const { nodes, durationMs, startMs } of found.runs) {
      expect(nodes.reduce((sum, node) => sum + node.durationMs, 0)).toBeLessThanOrEqual(durationMs);
      for (const node of nodes) expect(node.startMs).toBeGreaterThanOrEqual(startMs);
    }
  });

  it("tells nothing of what was dropped, and of what ran before and after", () => {
    const x = tf.fill([8, 8], 0.01);
    step(x);
    const recorded = tf.exp(x);
    const profile = backend.startProfile(() => ({}));
    recorded.dataSync();
    step(x);
    profile.drop();
    tf.tidy(() => tf.sin(x).dataSync());
    const found = profile.stop();
    step(x);
    expect(kernels(found)).toEqual(["Sin {}"]);
    expect(profile.stop()).toBe(found);
  });

  it("compiles graphs of its own, and leaves the others and no file behind", () => {
    const x = tf.tensor2d(new Float32Array(256).fill(0.01), [16, 16]);
    step(x);
    const files = () => readdirSync(tmpdir()).filter((name) => name.startsWith("lightning-ts-profile-"));
    const [before, filesBefore] = [backend.statistics(), files()];
    const profile = backend.startProfile(() => ({}));
    step(x);
    expect(backend.statistics().compiledGraphs).toBe(before.compiledGraphs + 1);
    profile.stop();
    step(x);
    const after = backend.statistics();
    expect(after.liveGraphs).toBe(before.liveGraphs);
    expect(after.compiledGraphs).toBe(before.compiledGraphs + 1);
    expect(after.cache.misses).toBe(before.cache.misses);
    expect(files()).toEqual(filesBefore);
  });

  it("is told also where a run in it failed", () => {
    const profile = backend.startProfile(() => ({}));
    const bad = tf.tensor1d([7], "int32");
    expect(() =>
      tf.tidy(() => tf.gather(tf.exp(tf.fill([4, 2], 1)), tf.cast(tf.add(bad, 1), "int32")).dataSync()),
    ).toThrow(/index|out of range/);
    tf.tidy(() => tf.sin(tf.fill([4], 1)).dataSync());
    expect(kernels(profile.stop())).toContain("Sin {}");
  });

  it("is taken one at a time", () => {
    const profile = backend.startProfile(() => ({}));
    expect(() => backend.startProfile(() => ({}))).toThrow(/being taken already.*stop that one first/);
    expect(profile.stop().runs).toEqual([]);
  });
});
