/**
 * Writes src/tensor/generated/tfjs-registrations.ts: tfjs-core's gradients and chained tensor methods in one file that
 * registers them into the one instance of `@tensorflow/tfjs-core` that the application has.
 * tfjs-core's own entry for Node registers neither, and its deep imports have no file extensions, which Node refuses.
 *
 * Run after a change of tfjs-core's version: node packages/core/tools/generate-tfjs-registrations.mjs
 * With --check it writes nothing, and fails when the file is not what it would write.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, relative } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const dist = dirname(require.resolve("@tensorflow/tfjs-core"));
const target = new URL("../src/tensor/generated/tfjs-registrations.ts", import.meta.url).pathname;

/** Modules whose exports are not those of tfjs-core's index under the same names. */
const shims = {
  "environment.js": `import * as tf from "@tensorflow/tfjs-core"; export const env = tf.env;`,
  // Names, because `export *` would become an object with a getter for every one, which is slow to read.
  "ops/ops.js": `export { ${Object.keys(tf).join(", ")} } from "@tensorflow/tfjs-core";`,
  "engine.js": `import * as tf from "@tensorflow/tfjs-core"; export const ENGINE = tf.engine();`,
  "tensor.js": `import * as tf from "@tensorflow/tfjs-core"; export const Tensor = tf.Tensor; export function getGlobalTensorClass() { return tf.Tensor; }`,
};
const ours = (path) =>
  path.startsWith("gradients/") || path.startsWith("public/chained_ops/") || path === "register_all_gradients.js";

const redirect = {
  name: "redirect-to-tfjs-core",
  setup(builder) {
    builder.onResolve({ filter: /^\./ }, async (request) => {
      if (request.pluginData === "resolved" || !request.resolveDir.startsWith(dist)) return undefined;
      const resolved = await builder.resolve(request.path, {
        resolveDir: request.resolveDir,
        kind: request.kind,
        pluginData: "resolved",
      });
      const path = relative(dist, resolved.path);
      if (ours(path)) return { path: resolved.path, sideEffects: true };
      if (typeof shims[path] === "string") return { path, namespace: "shim" };
      const names = await exportsOf(resolved.path);
      if (names.length > 0 && names.every((name) => name in tf))
        return { path, namespace: "core", pluginData: names, sideEffects: false };
      return { path: resolved.path, sideEffects: false };
    });
    builder.onLoad({ filter: /.*/, namespace: "shim" }, ({ path }) => ({ contents: shims[path], resolveDir: dist }));
    builder.onLoad({ filter: /.*/, namespace: "core" }, ({ pluginData }) => ({
      contents: `export { ${pluginData.join(", ")} } from "@tensorflow/tfjs-core";`,
      resolveDir: dist,
    }));
  },
};

/** The export names of one file, found by bundling it alone. */
async function exportsOf(path) {
  const result = await build({
    entryPoints: [path],
    bundle: false,
    write: false,
    metafile: true,
    format: "esm",
    logLevel: "silent",
  });
  return Object.values(result.metafile.outputs)[0]?.exports ?? [];
}

const result = await build({
  stdin: {
    contents: `import "./register_all_gradients.js"; import "./public/chained_ops/register_all_chained_ops.js";`,
    resolveDir: dist,
  },
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  external: ["@tensorflow/tfjs-core"],
  plugins: [redirect],
});
const header = [
  "// @ts-nocheck",
  "/* oxlint-disable */",
  `// Generated from @tensorflow/tfjs-core ${tf.version_core} (Apache-2.0, Google LLC) by tools/generate-tfjs-registrations.mjs.`,
  "",
].join("\n");
const text = header + result.outputFiles[0].text.replaceAll(/^\/\/ .*\/dist\//gm, "// ") + "export {};\n";
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  process.stderr.write(`${relative(process.cwd(), target)} is not what this script writes. Run it without --check.\n`);
  process.exitCode = 1;
}
