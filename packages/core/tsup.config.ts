import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", tfjs: "src/tensor/tfjs.ts" },
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
  esbuildPlugins: [
    {
      // Bundled, `tf` would be an object with a getter for every name, which takes 70 ns to read; a module takes one.
      name: "tfjs-stays-a-module",
      setup(build) {
        build.onResolve({ filter: /\/tfjs\.js$/ }, ({ kind }) =>
          kind === "entry-point" ? undefined : { path: "./tfjs.js", external: true },
        );
      },
    },
  ],
});
