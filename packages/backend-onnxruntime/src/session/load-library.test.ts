import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { locateLibrary } from "./library-location.js";

const loadLibrary = new URL("./load-library.ts", import.meta.url).href;
/** Reads TypeScript in threads too, where Node's option does not. The repository has it. */
const TSX = "tsx/esm/api";
const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Threads of the library may run its code for as long as the process lives. */
it.skipIf(process.platform !== "linux")("a library stays loaded when the thread that has loaded it ends", () => {
  const location = locateLibrary();
  const path = location.isFound ? location.path : "";
  const thread = `(async () => {
    const { register } = await import(${JSON.stringify(TSX)});
    register();
    const { loadLibrary } = await import(${JSON.stringify(loadLibrary)});
    loadLibrary(${JSON.stringify(path)}).func("OrtGetApiBase", "void *", [])();
  })()`;
  const script = `
    import { readFileSync } from "node:fs";
    import { Worker } from "node:worker_threads";
    const isLoaded = () => readFileSync("/proc/self/maps", "utf8").includes(${JSON.stringify(path)});
    const before = isLoaded();
    const worker = new Worker(${JSON.stringify(thread)}, { eval: true });
    worker.on("exit", (code) => console.log(JSON.stringify({ before, code, after: isLoaded() })));
  `;
  const node = ["--input-type=module", "--eval", script];
  const { stdout, stderr } = spawnSync(process.execPath, node, { encoding: "utf8", cwd: root });
  expect(JSON.parse(stdout || "{}"), stderr).toEqual({ before: false, code: 0, after: true });
});
