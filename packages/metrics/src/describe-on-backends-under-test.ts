import { availableBackends, resolveBackend, tf } from "@lightning-ts/core";
import { afterAll, beforeAll, describe, expect } from "vitest";

/** Tests that hold on tfjs' own backend and on the engine, and leave no tensor on either. */
export async function describeOnBackends(name: string, body: (backend: string) => void): Promise<void> {
  const available = (await availableBackends()).filter(({ availability }) => availability.isAvailable);
  const backends = ["cpu", "onnxruntime"].filter((backend) => available.some((found) => found.name === backend));
  describe.each(backends)(name, (backend) => {
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
