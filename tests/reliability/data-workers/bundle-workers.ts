import { build } from "esbuild";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setThreads } from "lightning-ts/core";
import { nodeThreads } from "lightning-ts/fabric/node";

const WORKER = "../../../packages/fabric/src/node/data-worker.ts";

/** URLs of the modules of these tests, as JavaScript. */
export interface BundledModules {
  readonly worker: string;
  readonly datasets: string;
  readonly train: string;
}

/** Starts workers with JavaScript. @returns the URL of the datasets' module */
export async function useBundledWorkers(): Promise<string> {
  const { worker, datasets } = await bundleWorkers();
  setThreads(nodeThreads({ entry: worker, execArgv: [], heapMegabytes: 100 }));
  return datasets;
}

/** Makes JavaScript of what worker threads run, so that they begin in a fraction of the time. */
export async function bundleWorkers(): Promise<BundledModules> {
  const outdir = mkdtempSync(join(tmpdir(), "data-workers-"));
  const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  await build({
    entryPoints: { worker: pathOf(WORKER), datasets: pathOf("./datasets.ts"), train: pathOf("./train.ts") },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    conditions: ["lightning-ts-source"],
    external: ["koffi", "onnxruntime-node"],
    banner: { js: 'import { createRequire as _r } from "node:module"; const require = _r(import.meta.url);' },
    logLevel: "error",
  });
  const urlOf = (name: string): string => pathToFileURL(join(outdir, name)).href;
  return { worker: urlOf("worker.mjs"), datasets: urlOf("datasets.mjs"), train: urlOf("train.mjs") };
}
