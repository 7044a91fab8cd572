import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { OnExceptionCheckpoint } from "./on-exception-checkpoint.js";

const module: LightningModule = Object({});

function setUp(setting: object = {}) {
  const calls: string[] = [];
  const trainer: Trainer = Object({
    stage: "fit",
    fastDevRun: 0,
    batchesSeen: 3,
    training: true,
    validating: false,
    worldSize: 1,
    isGlobalZero: true,
    ports: { files: { join: (...parts: string[]) => parts.join("/"), resolve: (path: string) => path } },
    saveCheckpoint: async (path: string) => void calls.push(`save ${path}`),
    removeCheckpoint: async (path: string) => void calls.push(`remove ${path}`),
    ...setting,
  });
  return { trainer, calls, callback: new OnExceptionCheckpoint({ dirpath: "/rescue" }) };
}

describe("a checkpoint for a run that fails", () => {
  it("is written under the name that it was given", () => {
    const { trainer, callback } = setUp();
    expect(callback.pathFor(trainer)).toBe("/rescue/on_exception.ckpt");
    expect(new OnExceptionCheckpoint({ dirpath: "/rescue", filename: "last" }).pathFor(trainer)).toBe(
      "/rescue/last.ckpt",
    );
    expect(() => new OnExceptionCheckpoint(Object({ dirpath: "/rescue", name: "x" }))).toThrow(
      /OnExceptionCheckpoint.*name/,
    );
  });

  it.each<[string, boolean, object]>([
    ["of a fit that trains", true, {}],
    ["of a fit that validates", true, { training: false, validating: true }],
    ["of a sanity check", false, { training: false }],
    ["of a fit that has trained nothing", false, { batchesSeen: 0 }],
    ["of another stage", false, { stage: "validate", validating: true }],
    ["of a fast run for development", false, { fastDevRun: 1 }],
    ["of one rank alone", false, { worldSize: 2, warn: () => undefined }],
  ])("%s: %s", async (_name, isWritten, setting) => {
    const { trainer, calls, callback } = setUp(setting);
    callback.setup();
    await callback.onException(trainer, module, new Error("as asked"));
    expect(calls).toEqual(isWritten ? ["save /rescue/on_exception.ckpt"] : []);
  });

  it("is none where the run was not set up, or is over", async () => {
    const { trainer, calls, callback } = setUp();
    await callback.onException(trainer, module, new Error("as asked"));
    callback.setup();
    await callback.teardown(trainer, module, "fit", new Error("as asked"));
    await callback.onException(trainer, module, new Error("as asked"));
    expect(calls).toEqual([]);
  });

  it.each<[string, boolean, object, "fit" | "test", unknown]>([
    ["a fit that ends well", true, {}, "fit", undefined],
    ["a fit that fails", false, {}, "fit", new Error("as asked")],
    ["another stage", false, {}, "test", undefined],
    ["another rank", false, { isGlobalZero: false }, "fit", undefined],
  ])("is removed by %s: %s", async (_name, isRemoved, setting, stage, error) => {
    const { trainer, calls, callback } = setUp(setting);
    await callback.teardown(trainer, module, stage, error);
    expect(calls).toEqual(isRemoved ? ["remove /rescue/on_exception.ckpt"] : []);
  });
});
