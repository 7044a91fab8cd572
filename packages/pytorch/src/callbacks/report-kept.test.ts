import { expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { start } from "./checkpoint-run-under-test.js";
import type { ModelCheckpointState } from "./model-checkpoint-state.js";
import { reportKept } from "./report-kept.js";

const state: ModelCheckpointState = Object({
  bestModelPath: "/best.ckpt",
  lastModelPath: "/last.ckpt",
  bestKModels: [
    ["/best.ckpt", 0.5],
    ["/other.ckpt", 0.7],
  ],
});

async function reported(options: object): Promise<unknown> {
  const kept: unknown[] = [];
  const trainer: Trainer = Object({ reportCheckpoints: async (one: unknown) => void kept.push(one) });
  await reportKept(trainer, "ModelCheckpoint{}", state, options);
  return kept[0];
}

it("loggers hear which files a ModelCheckpoint keeps, and why", async () => {
  expect(await reported({ monitor: "loss", mode: "max", saveLast: true, saveTopK: 3, saveWeightsOnly: true })).toEqual({
    callback: "ModelCheckpoint{}",
    bestModelPath: "/best.ckpt",
    lastModelPath: "/last.ckpt",
    scores: new Map([
      ["/best.ckpt", 0.5],
      ["/other.ckpt", 0.7],
    ]),
    saveTopK: 3,
    settings: { monitor: "loss", mode: "max", saveLast: true, saveTopK: 3, saveWeightsOnly: true },
  });
});

it("loggers hear the defaults of a ModelCheckpoint that was told nothing", async () => {
  expect(await reported({})).toMatchObject({
    saveTopK: 1,
    settings: { monitor: null, mode: "min", saveLast: false, saveTopK: 1, saveWeightsOnly: false },
  });
});

it("loggers hear of each file that a ModelCheckpoint has written, once it is there", async () => {
  const { run, batch, epoch, names } = await start({ monitor: "loss" });
  await batch();
  await epoch({ loss: 2 });
  expect(run.reported).toMatchObject([{ bestModelPath: `/ckpt/${names()[0]}.ckpt`, settings: { monitor: "loss" } }]);
  run.files.failWhen((operation) => (operation === "open" ? new Error("the disk is full") : undefined));
  await batch();
  await expect(epoch({ loss: 1 })).rejects.toThrow("the disk is full");
  expect(run.reported).toHaveLength(1);
});
