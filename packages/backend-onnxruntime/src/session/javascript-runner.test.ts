import { describeGraphRunner } from "./describe-graph-runner.js";
import { JavaScriptRunner } from "./javascript-runner.js";

describeGraphRunner({
  name: "JavaScriptRunner",
  create: () => new JavaScriptRunner(),
  skippedDtypes: { bfloat16: "onnxruntime-common has no such tensor" },
});
