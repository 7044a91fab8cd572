import { defineConfig } from "tsup";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/core.ts",
    "src/data.ts",
    "src/fabric.ts",
    "src/fabric-node.ts",
    "src/metrics.ts",
    "src/mlflow.ts",
    "src/pytorch.ts",
    "src/torch-files.ts",
    "src/vision.ts",
    "src/wandb.ts",
  ],
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
});
