import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { DataLoader } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { ModelCheckpoint } from "./model-checkpoint.js";

function trainer(files: MemoryFiles, maxEpochs: number, callbacks: ModelCheckpoint[]) {
  return new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs,
    defaultRootDir: "/runs",
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    limitValBatches: 0,
    ports: { files, terminal: new FakeTerminal() },
    callbacks,
  });
}
const loader = () => new DataLoader(randomDataset({ length: 2 }), { batchSize: 1 });

describe("without a logger", () => {
  it("each run has a folder of its own, and callbacks of one run share it", async () => {
    const files = new MemoryFiles();
    for (const expected of ["checkpoints", "checkpoints-v1", "checkpoints-v2"]) {
      const [first, second] = [new ModelCheckpoint(), new ModelCheckpoint({ filename: "b", monitor: "step" })];
      const run = trainer(files, 1, [first, second]);
      await run.fit(new BoringModel(), loader());
      expect([first.dirpath, second.dirpath]).toEqual([`/runs/${expected}`, `/runs/${expected}`]);
      await run.fit(new BoringModel(), loader());
      expect(first.dirpath).toBe(`/runs/${expected}`);
    }
  });

  it("a run that is resumed keeps its folder, and ckptPath last finds the newest one", async () => {
    const files = new MemoryFiles();
    for (let run = 0; run < 2; run += 1)
      await trainer(files, 1, [new ModelCheckpoint({ saveLast: true })]).fit(new BoringModel(), loader());
    const [byPath, byName] = [new ModelCheckpoint(), new ModelCheckpoint({ saveLast: true })];
    await trainer(files, 2, [byPath]).fit(new BoringModel(), loader(), undefined, {
      ckptPath: "/runs/checkpoints/last.ckpt",
    });
    expect(byPath.dirpath).toBe("/runs/checkpoints");
    const newest = trainer(files, 2, [byName]);
    await newest.fit(new BoringModel(), loader(), undefined, { ckptPath: "last" });
    expect([byName.dirpath, newest.ckptPath]).toEqual(["/runs/checkpoints-v1", "/runs/checkpoints-v1/last.ckpt"]);
  });
});

describe("a run that was killed between two files", () => {
  it("removes what was about to go, and replaces what it wrote at the same step", async () => {
    const files = new MemoryFiles();
    const options = { dirpath: "/ckpt", saveLast: true, everyNTrainSteps: 1 } as const;
    const first = new ModelCheckpoint(options);
    const died = new Error("killed");
    files.failWhen((operation, path) => (operation === "remove" && path.endsWith("step=2.ckpt") ? died : undefined));
    await expect(trainer(files, 3, [first]).fit(new BoringModel(), loader())).rejects.toThrow("killed");
    files.failWhen(() => undefined);
    const left = ["/ckpt/epoch=0-step=2.ckpt", "/ckpt/epoch=1-step=3.ckpt", "/ckpt/last.ckpt"];
    expect(files.paths()).toEqual(left);
    const second = new ModelCheckpoint(options);
    await trainer(files, 2, [second]).fit(new BoringModel(), loader(), undefined, { ckptPath: "last" });
    expect(files.paths()).toEqual(["/ckpt/epoch=1-step=4.ckpt", "/ckpt/last.ckpt"]);
  });

  it("leaves files of other runs alone that are in its way", async () => {
    const files = new MemoryFiles();
    const options = { dirpath: "/ckpt", saveTopK: -1, saveLast: true } as const;
    await trainer(files, 1, [new ModelCheckpoint(options)]).fit(new BoringModel(), loader());
    const ofOther = new ModelCheckpoint({ dirpath: "/ckpt", saveTopK: -1 });
    await trainer(files, 2, [ofOther]).fit(new BoringModel(), loader());
    await trainer(files, 2, [new ModelCheckpoint(options)]).fit(new BoringModel(), loader(), undefined, {
      ckptPath: "last",
    });
    expect(files.paths()).toEqual([
      "/ckpt/epoch=0-step=2-v1.ckpt",
      "/ckpt/epoch=0-step=2.ckpt",
      "/ckpt/epoch=1-step=4-v1.ckpt",
      "/ckpt/epoch=1-step=4.ckpt",
      "/ckpt/last.ckpt",
    ]);
  });
});
