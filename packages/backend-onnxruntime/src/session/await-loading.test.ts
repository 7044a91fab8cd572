import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const awaitLoading = fileURLToPath(new URL("./await-loading.ts", import.meta.url));

/** A thread that takes its time, says that it is done, and then writes 1 into the first of two shared cells. */
const thread = `
  const { workerData } = require("node:worker_threads");
  Atomics.wait(workerData, 1, 0, 300);
  require("node:fs").writeSync(1, "loaded");
  Atomics.store(workerData, 0, 1);
  Atomics.notify(workerData, 0);
`;

it("a process that fails while a thread loads its libraries ends when it has them, with its own error", () => {
  const script = `
    import { Worker } from "node:worker_threads";
    import { awaitLoadingAtExit } from ${JSON.stringify(awaitLoading)};
    const cells = new Int32Array(new SharedArrayBuffer(8));
    new Worker(${JSON.stringify(thread)}, { eval: true, execArgv: [], workerData: cells });
    awaitLoadingAtExit(cells, 0);
    setTimeout(() => { throw new Error("mine"); }, 100);
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { encoding: "utf8" },
  );
  expect(stderr).toContain("Error: mine");
  expect(stdout).toBe("loaded");
  expect(status).toBe(1);
}, 30_000);
