import { tensor } from "@tensorflow/tfjs-core";
import { MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { SafetensorsCheckpointStore } from "../checkpoint/safetensors-checkpoint-store.js";
import { consolidate } from "./consolidate.js";
import { fabricProgram } from "./program.js";

const SAVE = "0123456789abcdef".repeat(2);
const NAMES = [`shard-0-of-2-${SAVE}.ckpt`, `shard-1-of-2-${SAVE}.ckpt`];

async function folderOfShards(): Promise<{ files: MemoryFiles; store: SafetensorsCheckpointStore }> {
  const files = new MemoryFiles();
  const store = new SafetensorsCheckpointStore(files);
  const first = { step: 4, model: { weight: tensor([1, 2]) }, adam: { state: {}, param_groups: [] } };
  await store.save(`/run/a/${NAMES[0]}`, first, { weights: "model" });
  await store.save(`/run/a/${NAMES[1]}`, {
    states: [{ path: ["adam"], entries: { 0: { step: 4, exp_avg: tensor([3, 4]) } } }],
  });
  await store.commitShards("/run/a", NAMES, { weights: "model" });
  return { files, store };
}

it("puts shards together in the file that one rank would have written", async () => {
  const { files, store } = await folderOfShards();
  expect(await consolidate(files, "/run/a", {})).toBe("/run/a.consolidated");
  expect([...(await store.loadTensors("/run/a.consolidated")).keys()].sort()).toEqual([
    "adam/state/0/exp_avg",
    "weight",
  ]);
  const tree = await store.load("/run/a.consolidated");
  expect(structuredClone(tree["step"])).toBe(4);
  expect([...Object(tree["adam"]).state[0]["exp_avg"].values]).toEqual([3, 4]);
  expect(await consolidate(files, "/run/a", { outputFile: "/other/b.ckpt" })).toBe("/other/b.ckpt");
});

it("says what is no folder of shards, and overwrites nothing", async () => {
  const { files } = await folderOfShards();
  await consolidate(files, "/run/a", {});
  await expect(consolidate(files, "/run/a", {})).rejects.toThrow(/\/run\/a.consolidated is there already/);
  await expect(consolidate(files, "/run", {})).rejects.toThrow(/no folder of shards.*Received a folder without/);
  await expect(consolidate(files, "/run/a.consolidated", {})).rejects.toThrow(/no folder of shards.*Received a file/);
  await expect(consolidate(files, "/none", {})).rejects.toThrow("There is no checkpoint at /none");
});

it("is a command with the name of the new file", async () => {
  const requests: unknown[] = [];
  const program = fabricProgram(
    () => Promise.reject(new Error("nothing is run")),
    async (...request) => void requests.push(request),
  );
  await program.parseAsync(["consolidate", "a.ckpt", "--output-file", "b.ckpt"], { from: "user" });
  expect(requests).toEqual([["a.ckpt", { outputFile: "b.ckpt" }]]);
});
