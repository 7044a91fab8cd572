import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { Checkpoint } from "./checkpoint.js";
import { EarlyStopping } from "./early-stopping.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import { NamedCheckpoint } from "./named-checkpoint.js";

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

/** Shows the paths that a callback would write to. */
class Paths extends NamedCheckpoint {
  pathAt(trainer: Trainer, replaceable?: string): Promise<string> {
    this.lastTrainer = trainer;
    return this.freshPath(trainer, metrics, undefined, replaceable);
  }
  isLast(path: string): boolean {
    return this.isCalledLast(path);
  }
}

describe("the path of a new file", () => {
  /** A run at step 40, resumed from a file or not, that wrote these files at other steps before. */
  async function runWith(names: readonly string[], ckptPath?: string, steps: Readonly<Record<string, number>> = {}) {
    const files = new MemoryFiles();
    await files.makeDirectory("/run");
    for (const name of names) await (await files.open(`/run/${name}`, "create")).close();
    const stepBeforeResuming = async (path: string) => steps[path];
    const trainer: Trainer = Object({ ports: { files }, ckptPath, globalStep: 40, stepBeforeResuming });
    return trainer;
  }
  const taken = ["epoch=3-step=40.ckpt", "epoch=3-step=40-v1.ckpt"];

  it("counts up until no file is there", async () => {
    const callback = new Paths({ dirpath: "/run" });
    expect(await callback.pathAt(await runWith([]))).toBe("/run/epoch=3-step=40.ckpt");
    expect(await callback.pathAt(await runWith(taken.slice(0, 1)))).toBe("/run/epoch=3-step=40-v1.ckpt");
    expect(await callback.pathAt(await runWith(taken))).toBe("/run/epoch=3-step=40-v2.ckpt");
    callback.STARTING_VERSION = 5;
    expect(await callback.pathAt(await runWith(taken))).toBe("/run/epoch=3-step=40-v5.ckpt");
  });

  it("is that of the file to replace, and of any file without a version counter", async () => {
    const callback = new Paths({ dirpath: "/run" });
    const run = await runWith(taken);
    for (const name of taken) expect(await callback.pathAt(run, `/run/${name}`)).toBe(`/run/${name}`);
    const overwriting = new Paths({ dirpath: "/run", enableVersionCounter: false });
    expect(await overwriting.pathAt(run)).toBe("/run/epoch=3-step=40.ckpt");
  });

  it("is that of a file which this run wrote at this step before it was killed, unless it goes on from that", async () => {
    const callback = new Paths({ dirpath: "/run" });
    const [plain, versioned] = taken.map((name) => `/run/${name}`);
    const path = async (ckptPath: string | undefined, steps: Readonly<Record<string, number>>) =>
      callback.pathAt(await runWith(taken, ckptPath, steps));
    expect(await path("/run/last.ckpt", { [`${plain}`]: 40 })).toBe(plain);
    expect(await path("/run/last.ckpt", { [`${plain}`]: 39, [`${versioned}`]: 40 })).toBe(versioned);
    expect(await path(plain, { [`${plain}`]: 40 })).toBe("/run/epoch=3-step=40-v2.ckpt");
    expect(await path(undefined, { [`${plain}`]: 40 })).toBe("/run/epoch=3-step=40-v2.ckpt");
    expect(await path("/run/last.ckpt", {})).toBe("/run/epoch=3-step=40-v2.ckpt");
  });

  it("is known as a last one only in the callback's own folder", async () => {
    const callback = new Paths({ dirpath: "/run" });
    expect(callback.isLast("/run/last.ckpt")).toBe(true);
    await callback.pathAt(await runWith([]));
    const paths = ["/run/last.ckpt", "/run/last-v1.ckpt", "/elsewhere/last.ckpt", "/run/first.ckpt"];
    expect(paths.map((path) => callback.isLast(path))).toEqual([true, true, false, false]);
  });

  it("has the signs of its class", () => {
    const { CHECKPOINT_JOIN_CHAR, CHECKPOINT_EQUALS_CHAR, CHECKPOINT_NAME_LAST, FILE_EXTENSION } = NamedCheckpoint;
    expect([CHECKPOINT_JOIN_CHAR, CHECKPOINT_EQUALS_CHAR, CHECKPOINT_NAME_LAST, FILE_EXTENSION]).toEqual([
      "-",
      "=",
      "last",
      ".ckpt",
    ]);
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
