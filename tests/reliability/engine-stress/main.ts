/**
 * Trains 20 000 steps (`--steps=N` for another number) twice on the engine: undisturbed, and with forced collections,
 * evicted graphs, reads in mid-flight, and tensors held across steps or left to the collector. Fails unless every
 * weight is bit-equal and nothing held changed. Run: pnpm test:stress
 */
import { startBackend } from "../../../packages/backend-onnxruntime/src/testing/start-backend.js";
import { train } from "./hostile-training.js";

const option = process.argv.find((word) => word.startsWith("--steps="));
const steps = Number(option?.slice("--steps=".length) ?? "20000");

const backend = await startBackend({ cacheSize: 16, onWarning: () => {} });
const calm = await train(backend, steps, false);
const hostile = await train(backend, steps, true);
const different = calm.weights.filter((weight, index) => !Object.is(weight, hostile.weights[index])).length;
const {
  cache: { evictions },
  compiledGraphs,
  liveGraphs,
  runs,
} = backend.statistics();
console.log(
  `${steps} steps, ${hostile.reads} reads, ${hostile.collections} collections, ${compiledGraphs} graphs compiled, ${evictions} evicted, ${liveGraphs} alive, ${runs} runs`,
);
console.log(
  `${different} of ${calm.weights.length} weights differ, ${hostile.corrupted} held tensors changed, ${calm.weights.every(Number.isFinite) ? "all finite" : "NOT FINITE"}`,
);
await backend.close();
process.exitCode =
  different === 0 && hostile.corrupted === 0 && calm.weights.every(Number.isFinite) && evictions > 0 ? 0 : 1;
