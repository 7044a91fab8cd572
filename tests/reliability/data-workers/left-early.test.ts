import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("a script that leaves loaders with workers early goes on to its end", { timeout: 120_000 }, () => {
  const script = fileURLToPath(new URL("./left-early.ts", import.meta.url));
  const node = ["--conditions=lightning-ts-source", "--import", "tsx", script];
  const ended = spawnSync(process.execPath, [...node, "5"], { encoding: "utf8" });
  expect({ status: ended.status, words: ended.stdout.trim() }, ended.stderr).toEqual({
    status: 0,
    words: "left 5 times",
  });
});
