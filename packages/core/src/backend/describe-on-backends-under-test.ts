import { afterAll, beforeAll, describe, expect } from "vitest";
import { tf } from "../tensor/tf.js";
import { backendsUnderTest } from "./backends-under-test.js";
import { resolveBackend } from "./resolve-backend.js";

/** The number of threads that `LIGHTNING_TEST_THREADS` gives to all tests of a run; nothing where it is not set. */
function threadsUnderTest(): { readonly threads?: number } {
  const threads = process.env["LIGHTNING_TEST_THREADS"];
  return threads === undefined ? {} : { threads: Number(threads) };
}

/** Tests that hold on every backend of this machine, and leave no tensor on any. */
export async function describeOnBackends(name: string, body: (backend: string) => void): Promise<void> {
  describe.each(await backendsUnderTest())(name, (backend) => {
    let before = 0;
    beforeAll(async () => {
      await resolveBackend(backend, backend === "onnxruntime" ? threadsUnderTest() : {});
      before = tf.memory().numTensors;
    });
    afterAll(() => {
      expect(tf.memory().numTensors).toBe(before);
    });
    body(backend);
  });
}
