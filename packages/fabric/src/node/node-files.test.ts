import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("./fixtures/save-file.ts", import.meta.url));
// Node 20 knows the permission model by the first name alone, Node 24 by the second.
const MODEL = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
// tsx starts a process.
const PERMISSIONS = [MODEL, "--allow-fs-read=*", "--allow-fs-write=*", "--allow-child-process"];

it("files are written under Node's permission model, which refuses to flush them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lightning-permission-"));
  try {
    const path = join(folder, "file");
    const loaders = ["--allow-worker", "--conditions=lightning-ts-source", "--import", "tsx"];
    await promisify(execFile)(process.execPath, [...PERMISSIONS, ...loaders, PROGRAM, path]);
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
