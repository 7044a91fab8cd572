import { testGraphRunner } from "../testing/test-graph-runner.js";
import { JavaScriptRunner } from "./javascript-runner.js";
import { canPassFloat16 } from "./javascript-values.js";

testGraphRunner({
  name: "JavaScriptRunner",
  create: () => new JavaScriptRunner(),
  skippedDtypes: {
    bfloat16: "onnxruntime-common has no such tensor",
    ...(canPassFloat16() ? {} : { float16: "onnxruntime-node 1.30 cannot read a Float16Array" }),
  },
});
