import { CheckpointWriteError } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { start } from "./checkpoint-run-under-test.js";
import { linkToNewest } from "./link-to-newest.js";
import { tolerateSaveErrors } from "./tolerate-save-errors.js";

describe("a link to the newest file", () => {
  it("is made after everything that is still written in the background", async () => {
    const { run, trainer } = await start();
    const removed: string[] = [];
    Object.assign(trainer, { removeCheckpoint: async (path: string) => void removed.push(path) });
    await run.saveCheckpoint("/ckpt/a.ckpt", {});
    expect(await linkToNewest(trainer, "/ckpt/a.ckpt", "/ckpt/last.ckpt")).toBe(true);
    expect(removed).toEqual([expect.stringMatching(/^\/ckpt\/\.lightning-.*\.tmp$/)]);
  });
});

describe("a save that fails where the run goes on", () => {
  it("does so for what cannot be written, and for no other error", async () => {
    const warnings: string[] = [];
    const trainer: Trainer = Object({
      onSaveError: "warn",
      globalStep: 3,
      warn: (topic: string, text: string) => void warnings.push(`${topic}: ${text}`),
    });
    const fails = (error: Error) => tolerateSaveErrors(trainer, () => Promise.reject(error))();
    await expect(fails(new TypeError("a bug"))).rejects.toThrow("a bug");
    await fails(new CheckpointWriteError("/a.ckpt", new Error("disk full")));
    expect(warnings).toEqual([
      expect.stringMatching(/^save \/a\.ckpt at 3: The checkpoint \/a\.ckpt could not be written/),
    ]);
  });
});
