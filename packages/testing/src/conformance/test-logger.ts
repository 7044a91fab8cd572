import type { Logger } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../fakes/fake-clock.js";
import { fileError, MemoryFiles } from "../fakes/memory-files.js";

export interface LoggerSuite {
  readonly name: string;
  readonly create: (world: { readonly files: MemoryFiles; readonly clock: FakeClock }) => Logger;
}

/** What every `Logger` that writes files does. */
export function testLogger({ name, create }: LoggerSuite): void {
  describe(`Logger: ${name}`, () => {
    const world = (): { files: MemoryFiles; clock: FakeClock } => ({
      files: new MemoryFiles(),
      clock: new FakeClock(1_700_000_000_000),
    });

    it("knows its version and folder once it is open, and opening twice is harmless", async () => {
      const logger = create(world());
      await logger.open();
      const { version, logDir } = logger;
      await logger.open();
      expect(version).toBeDefined();
      expect(logDir).toContain(String(version));
      expect([logger.version, logger.logDir]).toEqual([version, logDir]);
    });

    it("gives two runs two versions", async () => {
      const shared = world();
      const first = create(shared);
      const second = create(shared);
      await first.open();
      await second.open();
      expect(second.version).not.toBe(first.version);
    });

    it("only buffers until it is saved", async () => {
      const shared = world();
      const logger = create(shared);
      await logger.open();
      const before = shared.files.operations.length;
      logger.logMetrics({ loss: 1 }, 0);
      expect(shared.files.operations.length).toBe(before);
      await logger.save();
      expect(shared.files.paths().length).toBeGreaterThan(0);
    });

    it("takes NaN and infinities", async () => {
      const logger = create(world());
      logger.logMetrics({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY }, 0);
      await expect(logger.save()).resolves.toBeUndefined();
    });

    it("has on the disk, after a crash, what was saved before", async () => {
      const shared = world();
      const logger = create(shared);
      logger.logMetrics({ loss: 1 }, 0);
      await logger.save();
      const sizes = await sizesOf(shared.files);
      logger.logMetrics({ loss: 2 }, 1);
      shared.files.crash();
      expect(shared.files.paths().length).toBeGreaterThan(0);
      expect(await sizesOf(shared.files)).toEqual(sizes);
    });

    it("reports what it could not write, and writes it later", async () => {
      const shared = world();
      const logger = create(shared);
      await logger.open();
      logger.logMetrics({ loss: 1 }, 0);
      shared.files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "no space left") : undefined));
      await expect(logger.save()).rejects.toThrow("ENOSPC");
      shared.files.failWhen(() => undefined);
      await logger.save();
      expect(Object.values(await sizesOf(shared.files)).some((size) => size > 0)).toBe(true);
    });

    it("can be finalized twice and used again", async () => {
      const logger = create(world());
      logger.logMetrics({ loss: 1 }, 0);
      await logger.finalize("success");
      await logger.finalize("success");
      logger.logMetrics({ loss: 2 }, 1);
      await expect(logger.finalize("failed")).resolves.toBeUndefined();
    });
  });
}

async function sizesOf(files: MemoryFiles): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const path of files.paths()) sizes[path] = (await files.stat(path))?.sizeBytes ?? 0;
  return sizes;
}
