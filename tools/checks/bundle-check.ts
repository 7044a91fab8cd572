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
  'import * as tfjs from "@tensorflow/tfjs-core"; import { tf } from "lightning-ts/core"; if (tf.Tensor === tfjs.Tensor) console.log("ports are there");',
];
/** Libraries that are loaded by their first use are parts of their own here, and CommonJS has its default alone. */
const IN_PARTS = `
  import { decodeImage } from "lightning-ts/data";
  import { TensorBoardLogger } from "lightning-ts/fabric";
  const logger = new TensorBoardLogger({ saveDir: "logs" });
  logger.logHyperparams({ lr: 0.1 });
  logger.logImage("grey", { height: 1, width: 1, channels: 1, pixels: new Uint8Array(1) });
  await logger.finalize("success");
  const error = await decodeImage(Uint8Array.of(0xff, 0xd8, 0xff), "cut.jpg", { decoder: "javascript" }).catch(String);
  console.log(/is not a/.test(error) ? error : "ports are there");
`;
/** TensorFlow.js asks for modules of Node's by `require`. */
const BANNER = `import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);`;
const NATIVE = ["koffi", "onnxruntime-node", "sharp"];

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
    const stdin = { contents: IN_PARTS, resolveDir: resolve("packages/lightning-ts") };
    const options = { bundle: true, splitting: true, platform: "node", format: "esm", outdir: folder } as const;
    await build({
      ...options,
      stdin,
      external: NATIVE,
      banner: { js: BANNER },
      outExtension: { ".js": ".mjs" },
      logLevel: "silent",
    });
    const { output } = await runCommand("node", [join(folder, "stdin.mjs")], { cwd: folder });
    if (!output.includes("ports are there")) problems.push(`bundled for Node, in parts:\n${output}`);
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
