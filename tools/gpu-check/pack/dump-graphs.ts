/** Trains a workload of the benchmarks and keeps its largest graph: `dump-graphs.ts <folder> <workload>`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedEverything, tensorScope, tf } from "../../../packages/core/src/index.js";
import { registerOnnxRuntime } from "../../../packages/backend-onnxruntime/src/index.js";
import { openGraphRunner } from "../../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import { WORKLOADS } from "../../../apps/benchmarks/src/workloads/index.js";
import { stepOf } from "../../../apps/benchmarks/src/workloads/step.js";

const [folder = "", name = ""] = process.argv.slice(2);
const workload = Object.values(WORKLOADS).find((known) => known.name === name);
if (workload === undefined) throw new RangeError(`There is no workload ${name}.`);
let largest = new Uint8Array();
const runner = openGraphRunner({ threads: 1 });
const compile = runner.compile.bind(runner);
runner.compile = (request) => {
  // The blocked layout belongs to this processor; other machines have another, and graphics cards none.
  if (Buffer.from(request.model).includes("ReorderInput")) throw new Error("The blocked layout is not used here.");
  return compile(request);
};
registerOnnxRuntime({
  runner,
  dumpModel: (model) => {
    if (model.length > largest.length) largest = model.slice();
  },
});
await tf.setBackend("onnxruntime");
seedEverything(0);
const step = stepOf(workload, workload.create());
for (let i = 0; i < 3; i += 1) {
  const scope = tensorScope();
  const loss = scope.keep(step(1e-3));
  scope.close();
  process.stdout.write(`${name} ${(await loss.data())[0]}\n`);
}
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${name}.onnx`), largest);
process.exit(0);
