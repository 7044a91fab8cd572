import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import type { Suite } from "./bundle-tests.js";

/** The package of this workspace that is tested with tfjs-layers. */
const CORE_FOLDER = fileURLToPath(new URL("../../packages/core", import.meta.url));

/**
 * tfjs-layers' own suite. Its npm package leaves the tests out, so that they come from a checkout of tfjs at the same
 * version; what they test is the npm package.
 * @param checkout a folder with `tfjs-layers/src` in it
 */
export function layersSuite(checkout: string): Suite {
  const sources = resolve(checkout, "tfjs-layers", "src");
  const version = versionOf(join(sources, "..", "package.json"));
  const installed = dirname(
    createRequire(join(CORE_FOLDER, "package.json")).resolve("@tensorflow/tfjs-layers/package.json"),
  );
  const wanted = versionOf(join(installed, "package.json"));
  if (version !== wanted)
    throw new RangeError(
      `${checkout} holds the tests of tfjs-layers ${version}. Expected ${wanted}, the version in use. Try: git clone --depth 1 --branch tfjs-v${wanted} https://github.com/tensorflow/tfjs.`,
    );
  return {
    title: `tfjs-layers ${version}'s suite`,
    resolveDir: CORE_FOLDER,
    setup: 'import "@tensorflow/tfjs-layers/dist/flags_layers";',
    tests: testFiles(sources)
      .map((path) => `import ${JSON.stringify(path)};`)
      .join("\n"),
    plugins: [testsOfThePackage(sources, join(installed, "dist"))],
  };
}

function versionOf(packageJson: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(packageJson, "utf8"));
  return version;
}

function testFiles(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("_test.ts"));
  return found.toSorted().map((path) => join(folder, path));
}

/** Test files are the checkout's; what they import is the npm package's, but for files that it lacks. */
function testsOfThePackage(sources: string, dist: string): Plugin {
  return {
    name: "tests of the package",
    setup(builder) {
      builder.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const target = resolve(resolveDir, path);
        if (!target.startsWith(sources + sep)) return undefined;
        const packaged = join(dist, relative(sources, target));
        return [`${packaged}.js`, join(packaged, "index.js"), `${target}.ts`]
          .filter((file) => existsSync(file))
          .map((file) => ({ path: file }))[0];
      });
      builder.onResolve({ filter: /^@tensorflow\// }, ({ path, importer, kind }) => {
        // The checkout has no node_modules.
        if (!importer.startsWith(sources + sep)) return undefined;
        return builder.resolve(path, { resolveDir: CORE_FOLDER, kind });
      });
      builder.onLoad({ filter: /utils[/\\]test_utils\.js$/ }, async ({ path }) => ({
        contents: everywhere(readFileSync(path, "utf8")),
      }));
    },
  };
}

/** Tests "for the cpu" are those that need no graphics card: they hold here too. */
function everywhere(testUtils: string): string {
  return testUtils.replace(/testEnv => testEnv\.backendName === ['"]cpu['"]/, "testEnv => true");
}
