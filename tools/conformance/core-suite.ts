import { fileURLToPath } from "node:url";
import type { Suite } from "./bundle-tests.js";

/** tfjs-core's own suite, which its npm package contains. */
export function coreSuite(): Suite {
  return {
    title: "tfjs-core's suite",
    resolveDir: fileURLToPath(new URL("../../packages/backend-onnxruntime", import.meta.url)),
    setup: "",
    tests: 'import "@tensorflow/tfjs-core/dist/tests";',
    plugins: [],
  };
}
