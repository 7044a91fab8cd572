import { defineConfig } from "tsup";
import { requireInNode } from "../../tools/build/require-in-node.js";

export default defineConfig({
  entry: { index: "src/index.ts", "cli/main": "src/cli/main.ts" },
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
  ...requireInNode("@tensorflow/tfjs-core"),
});
