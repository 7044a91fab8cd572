/**
 * Computes cases in a process of its own, because the number of threads belongs to it; prints one line of JSON for
 * each.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveBackend, tf, tensorScope } from "lightning-ts/core";
import type { Case } from "./case.js";
import { KERNEL_CASES } from "./kernel-cases.js";
import { LAYER_CASES } from "./layer-cases.js";
import type { ChildResult, ChildTask, Turn } from "./run-child.js";

const task = JSON.parse(process.argv[2] ?? "{}") as ChildTask;
const { backend } = await resolveBackend("onnxruntime", task.threads === undefined ? {} : { threads: task.threads });

let number = 0;
for (const turn of task.turns) {
  for (const item of [...KERNEL_CASES, ...LAYER_CASES]) {
    number += 1;
    if (turn.only !== undefined && !item.name.includes(turn.only)) continue;
    process.stdout.write(`${JSON.stringify(compute(item, turn, `${number}`))}\n`);
  }
}
process.exit(0);

function compute(item: Case, { size, repetitions }: Turn, file: string): ChildResult {
  const found = { name: item.name, size, bits: item.bits };
  try {
    const hashes = Array.from({ length: repetitions }, (_, repetition) => {
      using _scope = tensorScope();
      // One thread alone would compute a small graph: a large product is computed with it.
      const large = tf.ones([1024, 256]);
      tf.matMul(large, large, false, true);
      const computed = item.run(size);
      void backend.submit();
      const results = computed.map((tensor: tf.Tensor) => tensor.dataSync());
      const hash = createHash("sha1");
      for (const { buffer, byteOffset, byteLength } of results)
        hash.update(new Uint8Array(buffer, byteOffset, byteLength));
      if (repetition === 0 && item.bits === "per number of threads") keep(file, results);
      return hash.digest("hex");
    });
    return {
      ...found,
      hashes,
      file: item.bits === "everywhere" ? undefined : join(task.folder, file),
      error: undefined,
    };
  } catch (error) {
    return { ...found, hashes: [], file: undefined, error: String(error) };
  }
}

/** Values of what may differ, to be compared by size. */
function keep(file: string, results: readonly ArrayLike<number>[]): void {
  const all = new Float32Array(results.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const values of results) {
    all.set(values, position);
    position += values.length;
  }
  writeFileSync(join(task.folder, file), all);
}
