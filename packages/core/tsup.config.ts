import { defineConfig } from "tsup";
import { requireInNode } from "../../tools/build/require-in-node.js";

const required = requireInNode("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu");

export default defineConfig({
  entry: { index: "src/index.ts", tfjs: "src/tensor/tfjs.ts" },
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
  ...required,
  esbuildPlugins: [
    ...(required.esbuildPlugins ?? []),
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
