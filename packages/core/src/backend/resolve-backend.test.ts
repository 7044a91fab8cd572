import * as layers from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { BackendCannotTrainError } from "../errors/backend-cannot-train-error.js";
import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { assertTrainable } from "../nn/assert-trainable.js";
import { Conv2d, fromLayersModel, Linear, Sequential } from "../nn/index.js";
import { tf } from "../tensor/tf.js";
import { availableBackends, currentBackend, registerBackend } from "./backend-registry.js";
import { resolveBackend } from "./resolve-backend.js";
import type { TrainingBackend } from "./training-backend.js";

function missing(name: string): TrainingBackend {
  return {
    name,
    capabilities: {
      trainsConvolutions: true,
      readsSynchronously: true,
      dtypes: ["float32"],
      precisions: ["32-true"],
      isLazy: false,
    },
    availability: async () => ({ isAvailable: false, reason: "the device is on fire.", install: "npm install bucket" }),
    initialize: async () => {},
    memory: () => ({ numTensors: 0, usedBytes: 0 }),
    submit() {},
    synchronize: async () => {},
  };
}

describe("resolveBackend", () => {
  it("says that none was chosen before the first call", () => {
    expect(() => currentBackend()).toThrow(MisconfigurationError);
  });

  it("starts a backend by name and makes it current", async () => {
    const { backend, reasons } = await resolveBackend("cpu");
    expect([backend.name, tf.getBackend(), currentBackend(), reasons]).toEqual(["cpu", "cpu", backend, []]);
    await backend.synchronize();
    expect(backend.memory().numTensors).toBe(tf.memory().numTensors);
  });

  it("suggests the nearest name", async () => {
    await expect(resolveBackend("onnx-runtime")).rejects.toThrow(/Try: "onnxruntime"/);
  });

  it("gives reason and command for a backend that is missing", async () => {
    registerBackend(missing("quantum"));
    const error: unknown = await resolveBackend("quantum").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackendUnavailableError);
    expect(String(error)).toMatch(/on fire.*npm install bucket/);
    expect((await availableBackends()).find(({ name }) => name === "quantum")?.availability.isAvailable).toBe(false);
  });

  it("picks a backend for auto and says why it passed others over", async () => {
    const { backend, reasons } = await resolveBackend("auto");
    const order = (await availableBackends()).map(({ name }) => name);
    expect(order.slice(0, 4)).toEqual(["onnxruntime", "tensorflow", "wasm", "cpu"]);
    expect(reasons.map((reason) => reason.split(":")[0])).toEqual(order.slice(0, order.indexOf(backend.name)));
    expect(tf.getBackend()).toBe(backend.name);
  });

  it("takes an object of one's own", async () => {
    let options: unknown;
    const own: TrainingBackend = {
      ...missing("own"),
      availability: async () => ({ isAvailable: true }),
      initialize: async (given) => {
        options = given;
      },
    };
    const { backend } = await resolveBackend(own, { threads: 3 });
    expect([backend, options]).toEqual([own, { threads: 3 }]);
  });
});

describe("assertTrainable", () => {
  it("refuses convolutions on wasm before the first step and names backends that can", async () => {
    const { backend } = await resolveBackend("wasm");
    const net = new Sequential(new Conv2d(1, 2, 3));
    expect(() => assertTrainable(net)).toThrow(BackendCannotTrainError);
    expect(() => assertTrainable(net)).toThrow(/0 \(Conv2d\).*"onnxruntime" or "tensorflow" or "cpu"/);
    expect(() => assertTrainable(new Linear(2, 2), backend)).not.toThrow();
    net.requiresGrad(false);
    expect(() => assertTrainable(net)).not.toThrow();
  });

  it("sees the convolutions of a tf.LayersModel", async () => {
    await resolveBackend("wasm");
    const model = layers.sequential({
      layers: [layers.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }), layers.layers.flatten()],
    });
    expect(() => assertTrainable(fromLayersModel(model))).toThrow(/Conv2D/);
  });
});
