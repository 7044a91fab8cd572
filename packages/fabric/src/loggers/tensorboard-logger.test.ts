import { FakeClock, fileError, MemoryFiles } from "@lightning-ts/testing";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { logSample, SAMPLE } from "./fixtures/sample-run.js";
import type { LogImage } from "./logger.js";
import { crc32c } from "./tensorboard/crc32c.js";
import { TensorBoardLogger } from "./tensorboard-logger.js";

/** Recorded by tests/parity/record_tensorboard.py: a file of ours, and what TensorBoard's reader found in it. */
const { file, reading } = JSON.parse(readFileSync(new URL("fixtures/tensorboard.json", import.meta.url), "utf8"));
const WALL_TIME_MS = 1_700_000_000_500;

function numberOf(recorded: number | string): number {
  return typeof recorded === "number" ? recorded : Number(recorded.replace("nan", "NaN").replace("inf", "Infinity"));
}

async function sampleFile(): Promise<Uint8Array> {
  const files = new MemoryFiles();
  await logSample("/logs", files, new FakeClock(WALL_TIME_MS));
  const path = files.paths().find((candidate) => candidate.includes("/version_0/events.out.tfevents.1700000000."));
  return files.readFile(path ?? "");
}

describe("TensorBoardLogger", () => {
  it("writes, byte for byte, the file that TensorBoard's reader was given", async () => {
    expect(Buffer.from(await sampleFile()).toString("base64")).toBe(file);
  });

  it("logs scalars that TensorBoard reads back exactly, as float32", () => {
    for (const tag of ["loss", "val/acc"] as const) {
      const found = reading.scalars[tag].map(([step, wallTime, value]: [number, number, number | string]) => [
        step,
        wallTime,
        numberOf(value),
      ]);
      expect(found).toEqual(SAMPLE.scalars.map((row) => [row.step, WALL_TIME_MS / 1000, Math.fround(row[tag])]));
    }
  });

  it("logs text, images and hyperparameters that TensorBoard reads back", () => {
    expect(reading.text).toEqual([3, SAMPLE.text]);
    expect(reading.image).toEqual([4, SAMPLE.image.width, SAMPLE.image.height, [...SAMPLE.image.pixels]]);
    expect(reading.hparams).toEqual({
      values: { lr: 0.001, "optimizer/name": "adam", "optimizer/amsgrad": false, layers: "[3,4]" },
      types: { lr: 3, "optimizer/name": 1, "optimizer/amsgrad": 2, layers: 1 },
      metrics: ["hp_metric"],
      status: 1,
    });
    expect(reading.scalars.hp_metric).toEqual([[0, WALL_TIME_MS / 1000, 0.75]]);
  });

  it("counts histograms into the same buckets as torch's SummaryWriter", () => {
    const [step, summary, limits, counts] = reading.histogram;
    expect([limits, counts]).toEqual(reading.torch_histogram);
    expect(step).toBe(5);
    expect(summary).toMatchObject({ min: -3, max: 7, num: 8, sum_squares: 58.375 });
  });

  it("keeps what could not be written and puts it into a new file, so that no record is cut in half", async () => {
    const files = new MemoryFiles();
    const logger = new TensorBoardLogger({ saveDir: "/logs", files, clock: new FakeClock(WALL_TIME_MS) });
    logger.logMetrics({ a: 1 }, 0);
    await logger.save();
    logger.logMetrics({ a: 2 }, 1);
    files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
    await expect(logger.save()).rejects.toThrow("ENOSPC");
    files.failWhen(() => undefined);
    await logger.finalize("success");
    const sizes = await Promise.all(files.paths().map(async (path) => (await files.stat(path))?.sizeBytes));
    expect(sizes).toHaveLength(2);
    // The disk took half of the second event before it was full.
    expect(sizes[0]).toBeGreaterThan(sizes[1] ?? 0);
    expect(sizes[0]).toBeLessThan(1.5 * (sizes[1] ?? 0));
  });

  it("has whole records on the disk after a crash", async () => {
    const files = new MemoryFiles();
    const logger = new TensorBoardLogger({ saveDir: "/logs", files, maxQueue: 2, clock: new FakeClock(WALL_TIME_MS) });
    for (let step = 0; step < 5; step += 1) logger.logMetrics({ a: step }, step);
    await logger.save();
    const [path = ""] = files.paths();
    const saved = (await files.stat(path))?.sizeBytes;
    logger.logMetrics({ a: 5 }, 5);
    files.crash();
    expect((await files.stat(path))?.sizeBytes).toBe(saved);
  });

  it("logs an image as it was at the call, Buffers of Node's too, and refuses a wrong one without losing others", async () => {
    const files = new MemoryFiles();
    const logger = new TensorBoardLogger({ saveDir: "/logs", files, clock: new FakeClock(WALL_TIME_MS) });
    const image = { height: 1, width: 2, channels: 1 as const, pixels: Buffer.from([3, 5]) };
    const reused: { -readonly [K in keyof LogImage]: LogImage[K] } = { ...image };
    logger.logImage("reused", reused, 0);
    image.pixels.fill(9);
    reused.height = 7;
    for (const wrong of [{ channels: 5, pixels: new Uint8Array(10) }, { height: 0 }, { pixels: new Uint8Array(3) }])
      // @ts-expect-error five channels
      expect(() => logger.logImage("wrong", { ...image, ...wrong }, 1)).toThrow(/do not fit/);
    await logger.finalize("success");
    const other = new TensorBoardLogger({ saveDir: "/other", files, clock: new FakeClock(WALL_TIME_MS) });
    other.logImage("reused", { ...image, pixels: Uint8Array.of(3, 5) }, 0);
    await other.finalize("success");
    const [left, right] = await Promise.all(files.paths().map((path) => files.readFile(path)));
    expect(left).toEqual(right);
  });

  it("names the nearest option for one that it does not have", () => {
    // @ts-expect-error saveDirs is no option
    expect(() => new TensorBoardLogger({ saveDirs: "/logs" })).toThrow(/saveDir \(did you mean/);
  });
});

describe("crc32c", () => {
  it("gives the check value of the Castagnoli polynomial", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });
});
