import { spawnSync } from "node:child_process";

const isFull = process.argv.includes("--full");
const folders = [
  "runs",
  "sudden-ends",
  "started-again",
  "signals",
  "many-fits",
  "edited-states",
  "failing-disks",
  "throwing-hooks",
  "hostile-files",
].map((name) => `tests/reliability/${name}`);
const { status } = spawnSync("npx", ["vitest", "run", ...folders, "--disable-console-intercept"], {
  stdio: "inherit",
  env: { ...process.env, ...(isFull ? { RELIABILITY: "full" } : {}) },
});
process.exitCode = status ?? 1;
