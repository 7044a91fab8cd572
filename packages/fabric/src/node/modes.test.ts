import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeTerminal } from "@lightning-ts/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile } from "../checkpoint/replace-file.js";
import { SafetensorsCheckpointStore } from "../checkpoint/safetensors-checkpoint-store.js";
import { CSVLogger } from "../loggers/csv-logger.js";
import { nodeFiles } from "./node-files.js";

const files = nodeFiles();
let folder: string;
let umask: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "modes-"));
  umask = process.umask();
});
afterEach(() => {
  process.umask(umask);
});

const modeOf = async (...path: string[]) => ((await stat(join(folder, ...path))).mode & 0o777).toString(8);

describe.runIf(process.platform !== "win32")("files and folders", () => {
  it.each([
    [0o022, "644", "755"],
    [0o027, "640", "750"],
    [0o077, "600", "700"],
  ])("have the modes that a umask of %o leaves: %s and %s", async (mask, file, directory) => {
    process.umask(mask);
    await new SafetensorsCheckpointStore(files).save(join(folder, "run", "deep", "a.ckpt"), { step: 1 });
    expect(await modeOf("run", "deep", "a.ckpt")).toBe(file);
    expect([await modeOf("run"), await modeOf("run", "deep")]).toEqual([directory, directory]);
    const logger = new CSVLogger({ saveDir: folder, files, terminal: new FakeTerminal() });
    logger.logMetrics({ loss: 1 }, 0);
    await logger.finalize("success");
    expect([
      await modeOf("lightning_logs", "version_0"),
      await modeOf("lightning_logs", "version_0", "metrics.csv"),
    ]).toEqual([directory, file]);
  });

  it("that replace others have the mode of new ones", async () => {
    process.umask(0o022);
    await replaceFile(files, join(folder, "a"), (file) => file.write(new Uint8Array(1)));
    process.umask(0o077);
    await replaceFile(files, join(folder, "a"), (file) => file.write(new Uint8Array(2)));
    expect(await modeOf("a")).toBe("600");
  });
});
