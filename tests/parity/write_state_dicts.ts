/** Trains models that came from Python, and writes their state dicts for `check_state_dicts.py`. */
import { encodeSafetensors, resolveBackend, tensorScope } from "../../packages/core/src/index.js";
import { mkdirSync, writeFileSync } from "node:fs";
import { batch, fixture, MODELS, trainEpoch } from "../../packages/vision/src/state-dicts/models-under-test.js";

const FOLDER = "/tmp/state-dicts";
mkdirSync(FOLDER, { recursive: true });
await resolveBackend("onnxruntime");
for (const [name, create] of Object.entries(MODELS)) {
  const model = create();
  await trainEpoch(name, model);
  using _scope = tensorScope();
  const [x] = batch(0, fixture.cases[name]?.shape ?? []);
  writeFileSync(`${FOLDER}/${name}.json`, JSON.stringify([...model.eval().forward(x).dataSync()]));
  const state = new Map([...model.stateDict()].map(([key, tensor]) => [key, tensor.bufferSync()]));
  writeFileSync(`${FOLDER}/${name}.safetensors`, encodeSafetensors(state));
}
