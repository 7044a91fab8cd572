/**
 * Node gets a large CommonJS package two to three times as fast by `require` as by `import`, which first reads all of
 * it for the names that it exports. So a built package imports `#tfjs-core` where its source has
 * `@tensorflow/tfjs-core`. Its package.json maps this to a file that is written here, in Node, and to the package
 * itself everywhere else, in bundlers too.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import type { Options } from "tsup";

/** Options for tsup, which reads them in the folder of a package. */
export function requireInNode(...packages: readonly string[]): Pick<Options, "noExternal" | "esbuildPlugins"> {
  const plugin: NonNullable<Options["esbuildPlugins"]>[number] = {
    name: "require-in-node",
    setup(build) {
      build.onResolve({ filter: /^@/ }, ({ path }) =>
        packages.includes(path) ? { path: `#${basename(path)}`, external: true } : undefined,
      );
      build.onEnd(({ errors }) => {
        if (errors.length > 0) return;
        mkdirSync("dist/required", { recursive: true });
        for (const name of packages) writeFileSync(`dist/required/${basename(name)}.js`, moduleOf(name));
      });
    },
  };
  // What tsup takes for external never reaches a plugin.
  return { noExternal: [...packages], esbuildPlugins: [plugin] };
}

function moduleOf(name: string): string {
  const exported = Object.keys(createRequire(join(process.cwd(), "package.json"))(name));
  return [
    `import { createRequire } from "node:module";`,
    `export const {\n  ${exported.join(",\n  ")},\n} = createRequire(import.meta.url)("${name}");\n`,
  ].join("\n");
}
