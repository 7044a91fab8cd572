import { describe, expect, it } from "vitest";
import { NO_EPOCH } from "./executor-layout.js";
import { RunQueue } from "./run-queue.js";

const ANY_RUN = {
  session: 1n,
  inputNames: 0n,
  inputValues: 0n,
  inputCount: 0,
  outputNames: 0n,
  outputCount: 0,
  outputValues: 0n,
};

describe("RunQueue", () => {
  it("says, to those who block and to those who wait, that the executor could not start", async () => {
    const queue = new RunQueue({ libraryPath: "/nowhere/libonnxruntime.so", runAddress: 0n, helpers: 0 });
    const id = queue.submit(ANY_RUN, { epoch: NO_EPOCH, flag: 0n });
    const waiting = expect(queue.wait(id)).rejects.toThrow(
      "could not start or has died: Error: Failed to load shared library",
    );
    expect(() => queue.join(id)).toThrow("The thread that runs graphs could not start or has died.");
    await waiting;
    await expect(queue.wait(id)).rejects.toMatchObject({ code: "LIT_ENGINE_EXECUTOR" });
    await queue.close();
  });
});
