import { DataLoader, tf } from "@lightning-ts/core";
import { fileError, MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, expect, it } from "vitest";
import { CSVLogger } from "../loggers/csv-logger.js";
import { dataset, launched, ports, renewPorts } from "./fixtures/launched-fabric.js";

beforeEach(renewPorts);

it("goes on when the disk is full, and writes everything once there is room", async () => {
  const files = new MemoryFiles();
  const fabric = await launched({ loggers: new CSVLogger({ saveDir: "/logs", files }) });
  files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
  let step = 0;
  for (let epoch = 0; epoch < 2; epoch += 1) {
    for await (const [x] of fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 8 })))
      fabric.log("loss", tf.mean(x), (step += 1));
    if (epoch === 0)
      expect(ports.terminal.warnings.join("\n")).toMatch(/CSVLogger failed in save: .*disk full.*tried again/);
  }
  files.failWhen(() => undefined);
  await fabric.close();
  expect(ports.terminal.warnings.at(-1)).toContain("The logger CSVLogger works again; nothing was lost.");
  expect(ports.terminal.warnings).toHaveLength(2);
  const text = new TextDecoder().decode(await files.readFile("/logs/lightning_logs/version_0/metrics.csv"));
  expect(text.trim().split("\n")).toHaveLength(step + 1);
});

it("counts the metrics that a disk never took, and closes all the same", async () => {
  const files = new MemoryFiles();
  const fabric = await launched({ loggers: new CSVLogger({ saveDir: "/logs", files }) });
  files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
  for (let step = 0; step < 5; step += 1) fabric.log("loss", step, step);
  await fabric.close();
  expect(ports.terminal.warnings.at(-1)).toContain("The logger CSVLogger lost 5 entries of this run.");
});
