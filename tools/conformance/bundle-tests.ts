import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { build, type Plugin } from "esbuild";

/** The engine's folder, from which tfjs-core is found. */
const ENGINE_FOLDER = new URL("../../packages/backend-onnxruntime", import.meta.url).pathname;

const jasmineRequire = createRequire(createRequire(import.meta.url).resolve("jasmine"));

/**
 * Bundles tfjs-core's own test-suite, which its npm package contains, to run against `backendName`.
 * The bundle holds a tfjs-core of its own; engine and kernel registry are shared with ours, for they are global.
 * @returns the path of a CommonJS file that registers the tests with jasmine's globals
 */
export async function bundleTests(backendName: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "lightning-ts-conformance-")), "tests.cjs");
  const core = "@tensorflow/tfjs-core/dist";
  await build({
    stdin: {
      resolveDir: ENGINE_FOLDER,
      // The environments must be set before the tests are loaded, so each part is a module of its own.
      contents: `import "setup"; import "${core}/tests";`,
    },
    plugins: [setupModule(`import "${core}/index"; import "${core}/public/chained_ops/register_all_chained_ops"; import "${core}/register_all_gradients";
      import { setTestEnvs } from "${core}/jasmine_util";
      setTestEnvs([{ name: "${backendName}", backendName: "${backendName}", isDataSync: true }]);`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    // tfjs-core declares its tests free of side effects.
    ignoreAnnotations: true,
    logLevel: "error",
  });
  return outfile;
}

function setupModule(contents: string): Plugin {
  return {
    name: "setup",
    setup(builder) {
      builder.onResolve({ filter: /^setup$/ }, () => ({ path: "setup", namespace: "setup" }));
      // The suite wants the jasmine that runs it.
      builder.onResolve({ filter: /^jasmine-core/ }, ({ path }) => ({ path: jasmineRequire.resolve(path), external: true }));
      builder.onLoad({ filter: /.*/, namespace: "setup" }, () => ({ contents, resolveDir: ENGINE_FOLDER }));
    },
  };
}
