import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Checkpoint } from "./checkpoint.js";
import { EarlyStopping } from "./early-stopping.js";
import { ModelCheckpoint } from "./model-checkpoint.js";

const metrics = { epoch: 3, step: 40, loss: 0.25 };

/** One whose folder is known, with files in it. */
async function withFiles(callback: ModelCheckpoint, names: readonly string[]) {
  const files = new MemoryFiles();
  for (const name of names) {
    await files.makeDirectory(files.dirname(name));
    await (await files.open(name, "create")).close();
  }
  await callback.setup(
    Object({ ports: { files }, loggers: [], fastDevRun: 1, validatesAtEpochEndOnly: true, defaultRootDir: "/project" }),
    Object({}),
    "fit",
  );
  return files;
}

describe("the name of a checkpoint", () => {
  it("is made of the pattern, a prefix and a version", () => {
    const callback = new ModelCheckpoint();
    expect(callback.formatCheckpointName(metrics)).toBe("epoch=3-step=40.ckpt");
    expect(callback.formatCheckpointName(metrics, "{loss:.1f}", 2, "best")).toBe("best-loss=0.3-v2.ckpt");
    expect(callback.formatCheckpointName(metrics, "{loss}", 0)).toBe("loss=0.25-v0.ckpt");
    expect(new ModelCheckpoint({ filename: "a-{step}" }).formatCheckpointName(metrics)).toBe("a-step=40.ckpt");
    const short = new ModelCheckpoint({ autoInsertMetricName: false });
    expect(short.formatCheckpointName(metrics)).toBe("3-40.ckpt");
  });

  it("takes its signs from the class, and from the object", () => {
    class Underscored extends ModelCheckpoint {
      static override CHECKPOINT_JOIN_CHAR = "_";
      static override CHECKPOINT_EQUALS_CHAR = ":";
      static override CHECKPOINT_NAME_LAST = "newest";
      static override FILE_EXTENSION = ".bin";
      static override STARTING_VERSION = 7;
    }
    const callback = new Underscored();
    expect(callback.formatCheckpointName(metrics, undefined, 1)).toBe("epoch:3_step:40_v1.bin");
    expect([callback.CHECKPOINT_NAME_LAST, callback.STARTING_VERSION]).toEqual(["newest", 7]);
    callback.CHECKPOINT_JOIN_CHAR = "+";
    expect(callback.formatCheckpointName(metrics)).toBe("epoch:3+step:40.bin");
    const plain = new ModelCheckpoint();
    expect([plain.CHECKPOINT_NAME_LAST, plain.STARTING_VERSION]).toEqual(["last", 1]);
  });

  it("stands in the folder, once that is known", async () => {
    const callback = new ModelCheckpoint({ dirpath: "/run" });
    expect(callback.dirpath).toBe("/run");
    await withFiles(callback, []);
    expect(callback.formatCheckpointName(metrics)).toBe("/run/epoch=3-step=40.ckpt");
  });
});

describe("files that are called last", () => {
  it("are found in the folder, with versions, and nowhere else", async () => {
    const callback = new ModelCheckpoint({ dirpath: "/run" });
    const files = await withFiles(callback, [
      "/run/last.ckpt",
      "/run/last-v3.ckpt",
      "/run/lastly.ckpt",
      "/run/epoch=1.ckpt",
      "/other/last.ckpt",
    ]);
    expect([...(await callback.listLast(files))].sort()).toEqual(["/run/last-v3.ckpt", "/run/last.ckpt"]);
  });

  it("are none before a folder is known, where there is no folder, and where a file stands in its place", async () => {
    const files = new MemoryFiles();
    expect(await new ModelCheckpoint().listLast(files)).toEqual([]);
    const callback = new ModelCheckpoint({ dirpath: "/run" });
    expect(await callback.listLast(files)).toEqual([]);
    await (await files.open("/run", "create")).close();
    expect(await callback.listLast(files)).toEqual([]);
  });
});

it("callbacks that watch metrics or write checkpoints run after those that log", () => {
  expect([new Checkpoint(), new ModelCheckpoint(), new EarlyStopping({ monitor: "a" })]).toEqual(
    Array.from({ length: 3 }, () => expect.objectContaining({ monitorsMetrics: true })),
  );
});
