import { DataLoader } from "@lightning-ts/core";
import { cpu, CSVLogger } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { Trainer } from "../../trainer/trainer.js";

async function linesOf(options: TrainerOptions, files = new MemoryFiles()): Promise<string[]> {
  const terminal = new FakeTerminal();
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    limitValBatches: 0,
    enableProgressBar: false,
    enableModelSummary: false,
    defaultRootDir: "/runs",
    ports: { files, terminal },
    ...options,
  });
  await trainer.fit(new BoringModel(), new DataLoader(randomDataset({ length: 2 })));
  return terminal.text.trimEnd().split("\n");
}

it("a fit ends with the places of its logs and its checkpoint", async () => {
  const files = new MemoryFiles();
  const lines = await linesOf({ logger: new CSVLogger({ saveDir: "/logs", name: "digits", files }) }, files);
  expect(lines.slice(-2)).toEqual([
    "Logs: /logs/digits/version_0",
    "Checkpoint: /logs/digits/version_0/checkpoints/epoch=0-step=2.ckpt",
  ]);
});

it("a file that a metric chose is called the best", async () => {
  const callbacks = [new ModelCheckpoint({ dirpath: "/best", monitor: "step", mode: "max" })];
  expect((await linesOf({ logger: false, callbacks })).at(-1)).toBe("Best checkpoint: /best/epoch=0-step=2.ckpt");
});

it("a fit that leaves nothing says nothing of places", async () => {
  expect((await linesOf({ logger: false, enableCheckpointing: false })).at(-1)).toMatch(/^Trainer\.fit stopped/);
});
