import { fileError, MemoryFiles } from "@lightning-ts/testing";
import { tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { AsyncCheckpointStore } from "./async-checkpoint-store.js";
import { randomId } from "./random-id.js";
import { SafetensorsCheckpointStore } from "./safetensors-checkpoint-store.js";
import { partTree, shardName } from "./shard-folder.js";

const PATH = "/run/step.ckpt";

/** Saves what two ranks have, as they do. @returns the shards' names */
async function saveRanks(store: SafetensorsCheckpointStore | AsyncCheckpointStore, step: number): Promise<string[]> {
  const save = randomId();
  const names = [0, 1].map((rank) => shardName(rank, 2, save));
  const entry = (value: number) => ({ step, exp_avg: tensor([value, step]) });
  const first = {
    step,
    state_dict: { "layer.weight": tensor([step]) },
    optimizer_states: [{ state: { 0: entry(0) }, param_groups: [] }],
  };
  const second = partTree([{ path: ["optimizer_states", "0"], entries: { 1: entry(1), 2: entry(2) } }]);
  await store.save(`${PATH}/${names[0]}`, first, { weights: "state_dict" });
  await store.save(`${PATH}/${names[1]}`, second);
  return names;
}

const options = { weights: "state_dict", owner: "me" };

it("is one checkpoint of all shards, under the names that one file would have", async () => {
  const files = new MemoryFiles();
  const store = new SafetensorsCheckpointStore(files);
  const names = await saveRanks(store, 3);
  expect(await store.exists(PATH)).toBe(false);
  await expect(store.load(PATH)).rejects.toThrow("it is a folder");
  await store.commitShards(PATH, names, options);
  expect(await store.exists(PATH)).toBe(true);
  const tree = await store.load(PATH);
  const [{ state }] = Object(tree["optimizer_states"]);
  expect([tree["step"], Object.keys(state)]).toEqual([3, ["0", "1", "2"]]);
  expect(state[2]["exp_avg"]).toBeInstanceOf(TensorBuffer);
  expect([...state[2]["exp_avg"].values]).toEqual([2, 3]);
  expect([...(await store.loadTensors(PATH)).keys()].sort()).toEqual([
    "layer.weight",
    "optimizer_states/0/state/0/exp_avg",
    "optimizer_states/0/state/1/exp_avg",
    "optimizer_states/0/state/2/exp_avg",
  ]);
  await store.remove(PATH);
  expect([await store.exists(PATH), await files.stat(PATH)]).toEqual([false, undefined]);
});

it("is replaced as a whole, and is what it was where the next one was not committed", async () => {
  const files = new MemoryFiles();
  const store = new SafetensorsCheckpointStore(files);
  await store.commitShards(PATH, await saveRanks(store, 1), options);
  const half = await saveRanks(store, 2);
  expect((await store.load(PATH))["step"]).toBe(1);
  files.failWhen((operation, path) =>
    operation === "rename" && path.startsWith(`${PATH}/.`) ? fileError("ENOSPC", operation) : undefined,
  );
  await expect(store.commitShards(PATH, half, options)).rejects.toThrow(/could not be written/);
  files.failWhen(() => undefined);
  expect((await store.load(PATH))["step"]).toBe(1);
  const names = await saveRanks(store, 3);
  await store.commitShards(PATH, names, options);
  expect((await store.load(PATH))["step"]).toBe(3);
  expect([...(await files.list(PATH))].sort()).toEqual(["commit.json", ...names].sort());
  // A crash brings back nothing that is half.
  files.crash();
  expect((await store.load(PATH))["step"]).toBe(3);
});

it("is refused where a shard or what names them is missing or damaged", async () => {
  const files = new MemoryFiles();
  const store = new SafetensorsCheckpointStore(files);
  const [first = "", second = ""] = await saveRanks(store, 1);
  await expect(store.commitShards(PATH, [first, shardName(1, 2, randomId())], options)).rejects.toThrow(
    /shard-1-of-2-.* is not there; all ranks have to see the same folder/,
  );
  await store.commitShards(PATH, [first, second], options);
  await files.remove(`${PATH}/${second}`);
  await expect(store.load(PATH)).rejects.toThrow(second);
  for (const text of ["{", '{"format":"lightning-ts shards","version":1,"shards":["../a"],"weights":null}']) {
    const file = await files.open(`${PATH}/commit.json`, "overwrite");
    await file.write(new TextEncoder().encode(text));
    await file.close();
    await expect(store.load(PATH)).rejects.toThrow("its commit.json cannot be read");
  }
});

it("waits for a store that writes in the background, and hears what went wrong there", async () => {
  const files = new MemoryFiles();
  const store = new AsyncCheckpointStore(new SafetensorsCheckpointStore(files));
  await store.commitShards?.(PATH, await saveRanks(store, 5), options);
  expect((await store.load(PATH))["step"]).toBe(5);
  files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", operation) : undefined));
  const names = await saveRanks(store, 6).catch(() => []);
  await expect(store.commitShards?.(PATH, names, options)).rejects.toThrow(/could not be written|is not there/);
  files.failWhen(() => undefined);
  expect((await store.load(PATH))["step"]).toBe(5);
});
