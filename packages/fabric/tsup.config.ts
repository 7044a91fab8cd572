import { defineConfig } from "tsup";
import { requireInNode } from "../../tools/build/require-in-node.js";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "index.node": "src/index.node.ts",
    "node/index": "src/node/index.ts",
    "loggers/mlflow/index": "src/loggers/mlflow/index.ts",
    "loggers/wandb/index": "src/loggers/wandb/index.ts",
    "mlflow.node": "src/mlflow.node.ts",
    "wandb.node": "src/wandb.node.ts",
    "cli/main": "src/cli/main.ts",
    "data-worker": "src/node/data-worker.ts",
    rank: "src/node/ranks/preload.ts",
    "run-module": "src/node/ranks/run-module.ts",
    "mpi-thread": "src/node/mpi/mpi-thread.ts",
  },
  format: "esm",
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
  ...requireInNode("@tensorflow/tfjs-core"),
});
