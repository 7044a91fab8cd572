import { defineConfig } from "tsup";
import { requireInNode } from "../../tools/build/require-in-node.js";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "in-browser": "src/in-browser.ts",
    register: "src/register.ts",
    "run-worker": "src/session/run-worker.js",
    "program-helper": "src/session/program-helper.js",
  },
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
  ...requireInNode("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu"),
});
