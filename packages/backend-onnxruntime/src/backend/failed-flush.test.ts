import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GraphRunner } from "../contract/graph-runner.js";
import { BACKEND_NAME } from "../register-onnxruntime.js";
import { JavaScriptRunner } from "../devices/javascript/javascript-runner.js";
import { openGraphRunner } from "../devices/open-graph-runner.js";
import { useSoftwareGpu } from "../testing/software-gpu.js";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;
const kept: tf.Tensor[] = [];

function keep<T extends tf.Tensor>(tensor: T): T {
  kept.push(tensor);
  return tensor;
}

afterEach(() => {
  for (const tensor of kept.splice(0)) tensor.dispose();
});

/** A result that fails: it picks a row that is not there, and nobody but the run can know. */
function fails(): tf.Tensor {
  return tf.tidy(() => tf.gather(tf.tensor1d([1, 2]), tf.add(tf.tensor1d([5], "int32"), tf.scalar(1, "int32"))));
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

const RUNNERS: readonly (readonly [name: string, open: () => GraphRunner])[] = [
  ["C API", () => openGraphRunner()],
  ["JavaScript interface", () => new JavaScriptRunner()],
  ["WebGPU", () => openGraphRunner({ device: "webgpu" })],
];

describe.each(RUNNERS.slice(0, useSoftwareGpu() ? 3 : 2))("a failed flush (%s)", (_, open) => {
  beforeAll(async () => {
    if (tf.findBackend(BACKEND_NAME) !== null) tf.removeBackend(BACKEND_NAME);
    backend = await startBackend({ runner: open() });
    return async () => {
      tf.removeBackend(BACKEND_NAME);
      await backend.close();
    };
  });

  it("leaves a variable at its last committed value, which can be read, and training goes on", async () => {
    const variable = keep(tf.variable(tf.tensor1d([1, 2])));
    tf.tidy(() => variable.assign(tf.mul(variable, 2)));
    await backend.submit();
    tf.tidy(() => variable.assign(tf.add(variable, tf.sum(fails()))));
    await expect(backend.synchronize()).rejects.toThrow("one of its indices is out of range");
    expect([...variable.dataSync()]).toEqual([2, 4]);
    tf.tidy(() => variable.assign(tf.mul(variable, 10)));
    expect([...variable.dataSync()]).toEqual([20, 40]);
  });

  it("takes back what was assigned in it, although it does not depend on the failure, and nothing else", async () => {
    const [first, second] = [keep(tf.variable(tf.scalar(1))), keep(tf.variable(tf.scalar(2)))];
    const unrelated = keep(tf.exp(tf.tensor1d([0, 0])));
    tf.tidy(() => {
      first.assign(tf.add(first, 1));
      second.assign(tf.add(second, tf.sum(fails())));
    });
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([first.dataSync()[0], second.dataSync()[0]]).toEqual([1, 2]);
    expect([...unrelated.dataSync()]).toEqual([1, 1]);
  });

  it("takes back what was assigned before anything was recorded in a step that has begun, and in no other", async () => {
    const variable = keep(tf.variable(tf.scalar(1)));
    await backend.synchronize();
    tf.tidy(() => variable.assign(tf.scalar(2)));
    keep(fails());
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect(variable.dataSync()[0]).toBe(2);
    backend.remember({}, () => () => undefined, "next");
    tf.tidy(() => variable.assign(tf.scalar(3)));
    keep(fails());
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect(variable.dataSync()[0]).toBe(2);
  });

  it("says so to everybody who reads what depends on it", async () => {
    const bad = keep(fails());
    const heir = keep(tf.mul(bad, 2));
    expect(() => heir.dataSync()).toThrow("out of range");
    expect(() => bad.dataSync()).toThrow("out of range");
    await expect(bad.data()).rejects.toThrow("out of range");
    const later = keep(tf.add(heir, 1));
    expect(() => later.dataSync()).toThrow("out of range");
    expect(keep(tf.add(tf.scalar(1), 1)).dataSync()[0]).toBe(2);
  });

  it("computes what stands beside the heirs of a known failure, and the heirs say what went wrong", async () => {
    const bad = keep(fails());
    expect(() => bad.dataSync()).toThrow("out of range");
    const heir = keep(tf.add(bad, 1));
    const sound = keep(tf.exp(tf.tensor1d([0, 0])));
    const second = keep(tf.mul(heir, 2));
    await backend.submit();
    expect([...sound.dataSync()]).toEqual([1, 1]);
    for (const lost of [heir, second])
      expect(thrownBy(() => lost.dataSync())).toMatchObject({
        code: "LIT_ENGINE_INDEX",
        message: expect.stringContaining("one of its indices is out of range"),
      });
  });

  it("blames the right result when another one fails beside the heirs of a known failure", async () => {
    const bad = keep(fails());
    expect(() => bad.dataSync()).toThrow("out of range");
    const heir = keep(tf.add(bad, 1));
    const sound = keep(tf.exp(tf.tensor1d([0, 0])));
    const worse = keep(fails());
    const other = keep(tf.mul(tf.tensor1d([3, 4]), 2));
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    for (const lost of [heir, worse]) expect(() => lost.dataSync()).toThrow("out of range");
    expect([[...sound.dataSync()], [...other.dataSync()]]).toEqual([
      [1, 1],
      [6, 8],
    ]);
  });

  it("takes back a step that assigns what a known failure has lost, with everything that it changed", async () => {
    const bad = keep(fails());
    expect(() => bad.dataSync()).toThrow("out of range");
    const [first, second] = [keep(tf.variable(tf.scalar(1))), keep(tf.variable(tf.scalar(2)))];
    let hostCount = 1;
    tf.tidy(() => {
      first.assign(tf.add(first, 1));
      second.assign(tf.add(second, tf.sum(bad)));
    });
    backend.remember({}, () => () => void (hostCount -= 1));
    hostCount += 1;
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([first.dataSync()[0], second.dataSync()[0], hostCount]).toEqual([1, 2, 1]);
    tf.tidy(() => second.assign(tf.add(second, 5)));
    expect(second.dataSync()[0]).toBe(7);
  });

  it("takes what was started before anybody knew along, and gives the host's state back, newest first", async () => {
    const variable = keep(tf.variable(tf.scalar(1)));
    const log: string[] = [];
    const step = (name: string, value: () => tf.Tensor) => {
      tf.tidy(() => variable.assign(tf.reshape(value(), [])));
      backend.remember({}, () => () => log.push(name));
      void backend.submit();
    };
    await backend.synchronize();
    step("good", () => tf.add(variable, 1));
    await backend.synchronize();
    const failures: unknown[] = [];
    const settle = async (wait: void | Promise<void>) => {
      try {
        await wait;
      } catch (error) {
        failures.push(error);
      }
    };
    tf.tidy(() => variable.assign(tf.add(variable, tf.sum(fails()))));
    backend.remember(log, () => () => log.push("bad"));
    const bad = settle(trySubmit());
    tf.tidy(() => variable.assign(tf.add(variable, 1)));
    backend.remember(log, () => () => log.push("after"));
    const after = settle(trySubmit());
    await bad;
    await after;
    await settle(backend.synchronize());
    expect(failures.length).toBeGreaterThan(0);
    expect(variable.dataSync()[0]).toBe(backend.statistics().runner.includes("JavaScript") ? 3 : 2);
    expect(log.at(-1)).toBe("bad");
    expect(log).not.toContain("good");
  });

  it("an op that cannot be compiled and that nobody reads takes only its own flush along", async () => {
    const [variable, constant] = [keep(tf.variable(tf.zeros([3]))), keep(tf.ones([2]))];
    const broken = keep(uncompilable());
    tf.tidy(() => variable.assign(tf.add(variable, 1)));
    await expect(Promise.resolve().then(() => backend.submit())).rejects.toThrow("float32[2]");
    expect([...variable.dataSync()]).toEqual([0, 0, 0]);
    expect([...constant.dataSync()]).toEqual([1, 1]);
    expect(() => broken.dataSync()).toThrow();
    tf.tidy(() => variable.assign(tf.add(variable, 2)));
    await backend.synchronize();
    expect([...variable.dataSync()]).toEqual([2, 2, 2]);
  });

  it("gives a variable that holds a reshaped tensor its shape and values back, and others theirs", async () => {
    const [square, other] = [
      keep(tf.variable(tf.reshape(tf.tensor1d([1, 2, 3, 4]), [2, 2]))),
      keep(tf.variable(tf.tensor1d([5]))),
    ];
    await backend.synchronize();
    tf.tidy(() => {
      other.assign(tf.add(other, 1));
      square.assign(tf.add(square, tf.sum(fails())));
    });
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([square.shape, ...square.dataSync()]).toEqual([[2, 2], 1, 2, 3, 4]);
    expect([...other.dataSync()]).toEqual([5]);
  });

  it("gives variables that shared or exchanged their contents each its own back", async () => {
    const values = [1, 7, 3].map((value) => keep(tf.variable(tf.tensor1d([value, value]))));
    const [a, b, c] = values;
    if (a === undefined || b === undefined || c === undefined) return;
    const read = () => values.map((variable) => variable.dataSync()[0]);
    await backend.synchronize();
    const programs: (() => void)[] = [
      () => (b.assign(a), a.assign(tf.add(a, 1))),
      () => (a.assign(b), b.assign(c), c.assign(a)),
      () => {
        const old = tf.clone(a);
        a.assign(b);
        b.assign(old);
      },
      () => (b.assign(tf.add(a, 1)), a.assign(b), c.assign(b), b.assign(tf.mul(c, 2)), a.assign(b)),
    ];
    for (const program of programs) {
      tf.tidy(() => {
        const bad = fails();
        program();
        c.assign(tf.add(c, tf.sum(bad)));
      });
      await expect(backend.synchronize()).rejects.toThrow("out of range");
      expect(read()).toEqual([1, 7, 3]);
      tf.tidy(() => a.assign(tf.add(a, 0)));
      await backend.synchronize();
      expect(read()).toEqual([1, 7, 3]);
    }
  });

  it("puts everything back although one way back throws, and says so", async () => {
    const variable = keep(tf.variable(tf.tensor1d([1, 2])));
    await backend.synchronize();
    tf.tidy(() => variable.assign(tf.add(variable, tf.sum(fails()))));
    backend.remember({}, () => () => {
      throw new Error("no way back");
    });
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([...variable.dataSync()]).toEqual([1, 2]);
  });

  it("gives complex and string variables their values back", async () => {
    const [complex, text] = [keep(tf.variable(tf.complex([1], [2]))), keep(tf.variable(tf.tensor1d(["a"])))];
    keep(fails());
    complex.assign(keep(tf.complex([3], [4])));
    text.assign(keep(tf.tensor1d(["b"])));
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([...complex.dataSync()]).toEqual([1, 2]);
    expect(text.dataSync()).toEqual(["a"]);
  });

  it("leaves nothing behind", async () => {
    const variable = keep(tf.tidy(() => tf.variable(tf.ones([1000]))));
    await backend.synchronize();
    const before = { ...tf.memory(), ...backend.statistics() };
    for (let i = 0; i < 20; i++) {
      tf.tidy(() => variable.assign(tf.add(variable, tf.sum(fails()))));
      await expect(backend.synchronize()).rejects.toThrow("out of range");
      tf.tidy(() => variable.assign(tf.add(variable, 1)));
      await backend.synchronize();
    }
    expect(variable.dataSync()[999]).toBe(21);
    // Less than before is right: tensors that the tests above have lost go when the garbage collector finds them.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before.numTensors);
    expect(tf.memory().numDataBuffers).toBeLessThanOrEqual(before.numDataBuffers);
    expect(backend.statistics().tensors).toBeLessThanOrEqual(before.tensors);
  });

  it("a variable's first value survives, although it was computed in the flush that failed", async () => {
    const variable = keep(tf.variable(tf.mul(tf.ones([2]), 3)));
    tf.tidy(() => variable.assign(tf.add(variable, tf.sum(fails()))));
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([...variable.dataSync()]).toEqual([3, 3]);
  });
});

it("another engine goes on with a runner on which one has failed", async () => {
  if (tf.findBackend(BACKEND_NAME) !== null) tf.removeBackend(BACKEND_NAME);
  const runner = openGraphRunner();
  for (let time = 0; time < 3; time += 1) {
    await startBackend({ runner });
    expect([...tf.square(tf.tensor1d([1, 2])).dataSync()]).toEqual([1, 4]);
    expect(() => fails().dataSync()).toThrow("out of range");
    tf.removeBackend(BACKEND_NAME);
  }
  await runner.close();
});

function trySubmit(): void | Promise<void> {
  try {
    return backend.submit();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A recorded op that ONNX Runtime refuses. */
function uncompilable(): tf.Tensor {
  const x = tf.tensor1d([1, 2]);
  const info = backend.run(
    {
      name: "NoSuchKernel",
      record: () => ({ inputs: [x], outputs: [{ shape: [2], dtype: "float32" }] }),
      lower: (graph, [value]) => [graph.op("NoSuchOperation", [value])],
    },
    {},
    undefined,
  );
  return tf.engine().makeTensorFromTensorInfo(Array.isArray(info) ? x : info, backend);
}
