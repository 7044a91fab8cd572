import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("many batches of worker threads leave no thread, handle or memory", { timeout: 240_000 }, () => {
  const script = fileURLToPath(new URL("./many-batches.ts", import.meta.url));
  const node = ["--expose-gc", "--conditions=lightning-ts-source", "--import", "tsx", script];
  const ended = spawnSync(process.execPath, [...node, "500", "2"], { encoding: "utf8" });
  expect(ended.status, `${ended.stdout}${ended.stderr}`).toBe(0);
  const { batches, before, after } = JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "");
  expect(batches).toBe(500);
  expect(after).toMatchObject({ threads: before.threads, handles: before.handles });
});
