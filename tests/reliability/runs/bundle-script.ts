import { build } from "esbuild";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const bundles = new Map<string, Promise<string>>();

/** A script, by its path from this folder, as one file, which a process starts in a fraction of the time. */
export function bundleScript(name: string): Promise<string> {
  const known = bundles.get(name) ?? bundle(name);
  bundles.set(name, known);
  return known;
}

async function bundle(name: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "reliability-")), basename(name).replace(/\.ts$/, ".mjs"));
  await buildBundle(fileURLToPath(new URL(name, import.meta.url)), outfile);
  return outfile;
}

/** Makes one file of a script and the sources of the packages, but for those with native parts. */
export async function buildBundle(script: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [script],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    conditions: ["lightning-ts-source"],
    external: ["koffi", "onnxruntime-node", "@resvg/resvg-js"],
    banner: { js: 'import { createRequire as _r } from "node:module"; const require = _r(import.meta.url);' },
    logLevel: "error",
  });
}
