/**
 * Bundles for servers are made of the built packages, as esbuild makes them by itself, and run: what works only
 * by being imported is left out where `sideEffects` does not name its file.
 */
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommand } from "./run-command.js";

const PROGRAMS = [
  'import * as L from "lightning-ts"; new L.Trainer({ logger: false }); console.log("ports are there");',
  'import { Fabric } from "lightning-ts/fabric"; new Fabric(); console.log("ports are there");',
  'import { MLFlowLogger } from "lightning-ts/mlflow"; new MLFlowLogger({ trackingUri: "http://127.0.0.1:1" }); console.log("ports are there");',
  'import { tf } from "lightning-ts/core"; if (tf.scalar(2).square().dataSync()[0] === 4) console.log("ports are there");',
];

/** @returns what is wrong, a line or more for each program */
export async function bundleProblems(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "lightning-ts-bundled-"));
  try {
    const problems: string[] = [];
    for (const program of PROGRAMS) {
      const outfile = join(folder, "program.cjs");
      const stdin = { contents: program, resolveDir: resolve("packages/lightning-ts") };
      await build({ stdin, bundle: true, platform: "node", format: "cjs", outfile, logLevel: "silent" });
      const { output } = await runCommand("node", [outfile], { cwd: folder });
      if (!output.includes("ports are there")) problems.push(`bundled for Node: ${program}\n${output}`);
    }
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
