import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { resolveBackend, tf } from "../index.js";

const program = fileURLToPath(new URL("./fixtures/first-op.ts", import.meta.url));
const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** What a program prints whose first line is an op; anything on its error output fails. */
async function firstOp(then: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const args = ["--conditions=lightning-ts-source", "--import", "tsx", program, then];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("the first op of a program", () => {
  it.concurrent("runs on the engine, whose threads may be chosen until something is computed", async () => {
    expect(await firstOp("auto")).toEqual({
      before: ["none"],
      first: [1, 2],
      chosen: "onnxruntime",
      then: { later: "onnxruntime", sum: [2, 4], shape: [1, 3], threads: 1 },
    });
  });

  it.concurrent("leaves tensors that another backend can take over", async () => {
    expect(await firstOp("cpu")).toMatchObject({
      chosen: "onnxruntime",
      then: { later: "cpu", sum: [2, 4], shape: [1, 3] },
    });
  });

  it.concurrent("settles the number of threads once it has computed, and says so", async () => {
    const { then } = (await firstOp("compute")) as { then: { doubled: number[]; refusal: string } };
    expect(then.doubled).toEqual([2, 4]);
    expect(then.refusal).toMatch(
      /MisconfigurationError: ONNX Runtime's threads belong to the process.* Received 97\..*in the first line of the program/,
    );
  });

  it.concurrent("runs on plain JavaScript where nothing else starts at once, without advertisement", async () => {
    const outcome = await firstOp("auto", { LIGHTNING_ORT_LIBRARY: "/nowhere" });
    expect(outcome).toMatchObject({
      before: ["none"],
      first: [1, 2],
      chosen: "cpu",
      then: { later: "wasm", sum: [2, 4] },
    });
  });
});

describe("a program that has a backend of its own", () => {
  it("gets that one, and no other is made", async () => {
    await resolveBackend("cpu");
    const cpu = tf.backend();
    tf.removeBackend("cpu");
    let made = 0;
    tf.registerBackend("own", () => {
      made += 1;
      return cpu;
    });
    await tf.ready();
    expect([tf.getBackend(), made, Object.keys(tf.engine().registryFactory)]).toEqual(["own", 1, ["own"]]);
    tf.removeBackend("own");
  });

  it("that it may choose before the first op", async () => {
    await resolveBackend("wasm");
    expect([...tf.square([3]).dataSync(), tf.getBackend()]).toEqual([9, "wasm"]);
    expect(Object.keys(tf.engine().registryFactory)).not.toContain("onnxruntime");
  });
});
