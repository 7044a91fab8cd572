import { defineConfig } from "tsup";
import { requireInNode } from "../../tools/build/require-in-node.js";

export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
  ...requireInNode("@tensorflow/tfjs-core"),
});
