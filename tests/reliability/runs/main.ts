import { spawnSync } from "node:child_process";

const isFull = process.argv.includes("--full");
const { status } = spawnSync("npx", ["vitest", "run", "tests/reliability/runs", "tests/reliability/sudden-ends"], {
  stdio: "inherit",
  env: { ...process.env, ...(isFull ? { RELIABILITY: "full" } : {}) },
});
process.exitCode = status ?? 1;
