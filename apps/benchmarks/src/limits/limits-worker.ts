/** Prints what the machine can do, as JSON: `limits-worker.ts <threads>`. */
import { performance } from "node:perf_hooks";
import { resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import type { MachineSpeed } from "./machine-speed.js";

const SIDE = 1536;
/** Far larger than caches. */
const ELEMENTS = 24_000_000;
const TURNS = 8;

const { backend } = await resolveBackend("onnxruntime", { threads: Number(process.argv[2]) });

/** Milliseconds of the fastest turn. */
async function best(compute: () => tf.Tensor): Promise<number> {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const startMs = performance.now();
    const scope = tensorScope();
    const result = scope.keep(compute());
    scope.close();
    await backend.submit();
    await backend.synchronize();
    bestMs = Math.min(bestMs, performance.now() - startMs);
    result.dispose();
  }
  return bestMs;
}

const matrix = tf.randomUniform([SIDE, SIDE]);
const productMs = await best(() => tf.matMul(matrix, matrix));
const long = tf.randomUniform([ELEMENTS]);
const negationMs = await best(() => tf.neg(long));
const speed: MachineSpeed = {
  multiplicationsPerMs: SIDE ** 3 / productMs,
  bytesPerMs: (2 * 4 * ELEMENTS) / negationMs,
};
process.stdout.write(`${JSON.stringify(speed)}\n`);
process.exit(0);
