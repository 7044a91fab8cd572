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
      expect(ports.terminal.warnings.join("\n")).toMatch(
        /CSVLogger, which writes to \/logs\/lightning_logs\/version_0, failed in save: .*disk full.*tried again.*free some/,
      );
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

/** Takes metrics with a delay, and refuses the first calls. */
class SlowLogger extends CSVLogger {
  readonly taken: number[] = [];
  #refusals: number;
  isFinal = false;
  constructor(refusals: number) {
    super({ saveDir: "/logs", files: new MemoryFiles() });
    this.#refusals = refusals;
  }
  // oxlint-disable-next-line typescript/no-misused-promises -- the type allows it, and what it refuses later counts
  override async logMetrics(_metrics: Readonly<Record<string, number>>, step: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#refusals -= 1;
    if (this.#refusals >= 0) throw new Error("disk full");
    this.taken.push(step);
  }
  override async save(): Promise<void> {}
  override async finalize(): Promise<void> {
    this.isFinal = true;
  }
}

it("says that a logger which takes entries later works again only when it took them", async () => {
  const logger = new SlowLogger(3);
  const fabric = await launched({ loggers: logger });
  let step = 0;
  for (let epoch = 0; epoch < 3; epoch += 1)
    for await (const [x] of fabric.setupDataloaders(new DataLoader(dataset(), { batchSize: 16 })))
      fabric.log("loss", tf.mean(x), (step += 1));
  await fabric.close();
  expect(logger.taken).toEqual(Array.from({ length: step }, (_, i) => i + 1));
  expect(ports.terminal.warnings).toHaveLength(2);
  expect(ports.terminal.warnings.at(-1)).toContain("SlowLogger works again; nothing was lost.");
});

it("counts all that such a logger never took, says nothing else, and closes it", async () => {
  const logger = new SlowLogger(Number.POSITIVE_INFINITY);
  const fabric = await launched({ loggers: logger });
  for (let step = 0; step < 5; step += 1) fabric.log("loss", step, step);
  await fabric.close();
  expect(ports.terminal.warnings).toHaveLength(2);
  expect(ports.terminal.warnings.at(-1)).toContain("SlowLogger lost 5 entries of this run.");
  expect(logger.isFinal).toBe(true);
});

it("waits for a callback that returns a thenable, and passes on what it refuses with", async () => {
  let isDone = false;
  const later = (end: () => void): PromiseLike<void> => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what the test is about
    then: (...args) => new Promise<void>((resolve) => setTimeout(resolve, 1)).then(end).then(...args),
  });
  const callback = {
    onGood: () => later(() => void (isDone = true)),
    onBad: () =>
      later(() => {
        throw new Error("refused");
      }),
  };
  const fabric = await launched({ callbacks: callback });
  await fabric.call("onGood");
  expect(isDone).toBe(true);
  await expect(fabric.call("onBad")).rejects.toThrow("refused");
});
