/**
 * Exports every layer and program of the tests as ONNX, with inputs and outputs at several batch sizes, for
 * `check_exported_models.py`. Run: npx tsx --conditions=lightning-ts-source tests/parity/export_models.ts
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { Call, LAYERS, PROGRAMS, type Layer } from "../../packages/core/src/export/onnx-cases-under-test.js";
import { exportOnnx, noGrad, RandomStream, resolveBackend, seedEverything, tf } from "../../packages/core/src/index.js";

const OUT = "/tmp/exported-models";
const BATCHES = [1, 3, 17];

function example(shape: readonly number[], highest: number): tf.Tensor {
  const stream = RandomStream.fromSeed(7, "example");
  const size = shape.reduce((a, b) => a * b, 1);
  return highest > 0
    ? tf.tensor(
        Int32Array.from({ length: size }, () => stream.integer(highest)),
        [...shape],
        "int32",
      )
    : tf.tensor(stream.fillNormal(new Float32Array(size)), [...shape]);
}

function plain(tensor: tf.Tensor) {
  return { dtype: tensor.dtype, shape: tensor.shape, values: [...tensor.dataSync()] };
}

await resolveBackend("onnxruntime");
seedEverything(5);
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const programs = Object.entries(PROGRAMS).map(([name, body]): Layer => ({
  name,
  make: () => new Call(body),
  rest: [4],
  highest: 0,
}));
for (const [index, { name, make, rest, highest }] of [...LAYERS, ...programs].entries()) {
  const module = make();
  writeFileSync(`${OUT}/${index}.onnx`, await exportOnnx(module, { input: example([2, ...rest], highest) }));
  module.eval();
  const runs = BATCHES.map((batch) => {
    const input = example([batch, ...rest], highest);
    const output: tf.Tensor = noGrad(() => Reflect.apply(module.forward, module, [input]) as tf.Tensor);
    return { input: plain(input), output: plain(output) };
  });
  writeFileSync(`${OUT}/${index}.json`, JSON.stringify({ name, runs }));
}
console.log(`${LAYERS.length + programs.length} models in ${OUT}`);
