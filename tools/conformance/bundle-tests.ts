import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const jasmineRequire = createRequire(createRequire(import.meta.url).resolve("jasmine"));
const CORE = "@tensorflow/tfjs-core/dist";

/** A test-suite of tfjs, made to be run against any backend. */
export interface Suite {
  /** What stands at the end of the line that says how many passed. */
  readonly title: string;
  /** Where the packages are found that the tests import. */
  readonly resolveDir: string;
  /** TypeScript that imports what the tests need registered, beside tfjs-core itself. */
  readonly setup: string;
  /** TypeScript that imports the tests. */
  readonly tests: string;
  readonly plugins: readonly Plugin[];
}

/**
 * Bundles a suite to run against `backendName`.
 * The bundle holds a tfjs-core of its own; engine and kernel registry are shared with ours, for they are global.
 * @returns the path of a CommonJS file that registers the tests with jasmine's globals
 */
export async function bundleTests(suite: Suite, backendName: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "lightning-ts-conformance-")), "tests.cjs");
  const setup = `import "${CORE}/index"; import "${CORE}/public/chained_ops/register_all_chained_ops"; import "${CORE}/register_all_gradients"; ${suite.setup}
      import { setTestEnvs } from "${CORE}/jasmine_util";
      setTestEnvs([{ name: "${backendName}", backendName: "${backendName}", isDataSync: true }]);`;
  await build({
    // The environments must be set before the tests are loaded, so each part is a module of its own.
    stdin: { resolveDir: suite.resolveDir, contents: `import "suite-setup"; ${suite.tests}` },
    plugins: [setupModule(setup, suite.resolveDir), ...suite.plugins],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    // tfjs-core declares its tests free of side effects.
    ignoreAnnotations: true,
    // Layers are registered, saved and named by the names of their classes.
    keepNames: true,
    logLevel: "error",
  });
  return outfile;
}

function setupModule(contents: string, resolveDir: string): Plugin {
  return {
    name: "setup",
    setup(builder) {
      builder.onResolve({ filter: /^suite-setup$/ }, () => ({ path: "suite-setup", namespace: "setup" }));
      // The suite wants the jasmine that runs it.
      builder.onResolve({ filter: /^jasmine-core/ }, ({ path }) => ({
        path: jasmineRequire.resolve(path),
        external: true,
      }));
      builder.onLoad({ filter: /.*/, namespace: "setup" }, () => ({ contents, resolveDir }));
    },
  };
}
