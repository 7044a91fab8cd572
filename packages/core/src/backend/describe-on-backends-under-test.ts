import { afterAll, beforeAll, describe, expect } from "vitest";
import { tf } from "../tensor/tf.js";
import { backendsUnderTest } from "./backends-under-test.js";
import { resolveBackend } from "./resolve-backend.js";

/** Tests that hold on every backend of this machine, and leave no tensor on any. */
export async function describeOnBackends(name: string, body: (backend: string) => void): Promise<void> {
  describe.each(await backendsUnderTest())(name, (backend) => {
    let before = 0;
    beforeAll(async () => {
      await resolveBackend(backend);
      before = tf.memory().numTensors;
    });
    afterAll(() => {
      expect(tf.memory().numTensors).toBe(before);
    });
    body(backend);
  });
}
