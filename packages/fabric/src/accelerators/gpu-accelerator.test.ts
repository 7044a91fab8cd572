import { currentBackend, knownBackends, tf } from "@lightning-ts/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutoAccelerator } from "./auto-accelerator.js";
import { findGpu, gpu, GpuAccelerator, webgpu } from "./gpu-accelerator.js";

const { backend: real } = await findGpu("gpu");

describe("the option devices", () => {
  it.each([1, "1", "auto", -1, [0], "0,"] as const)("takes %j for the first GPU", (devices) => {
    expect(gpu().parseDevices(devices)).toEqual([0]);
  });

  it("chooses among NVIDIA's GPUs by an index", () => {
    expect(new GpuAccelerator("cuda").parseDevices([1])).toEqual([1]);
    expect(() => webgpu().parseDevices([1])).toThrow(/"webgpu" has no such devices/);
  });

  it.each([2, "2", [0, 1]] as const)("says of %j that training on several does not exist yet", (devices) => {
    expect(() => gpu().parseDevices(devices)).toThrow(/trains on one GPU; training on several does not exist yet/);
  });

  it.each([0, -2, 1.5, Number.NaN, "", "some", []])("refuses %j", (devices) => {
    expect(() => gpu().parseDevices(devices)).toThrow(/devices/);
  });
});

describe("precision", () => {
  it.each(["onnxruntime-webgpu", "onnxruntime-cuda"])(
    "of %s has no products in halves until it has started and tried one",
    (name) => {
      const backend = knownBackends().find((known) => known.name === name);
      expect(backend?.capabilities.precisions).toEqual(["32-true", "bf16-true", "16-true"]);
    },
  );
});

describe.skipIf(real !== undefined)("without a real GPU", () => {
  it.each(["gpu", "cuda", "mps"] as const)('"%s" fails by name and says what was looked for', async (name) => {
    await expect(new GpuAccelerator(name).setupDevice(0)).rejects.toMatchObject({
      code: "LIT_NO_GPU",
      message: expect.stringMatching(new RegExp(`no GPU for accelerator: "${name}".*onnxruntime-`)),
    });
  });

  it('"auto" goes on with the processor', async () => {
    const device = await new AutoAccelerator().setupDevice(0);
    expect([device.type, device.backend.name, currentBackend().name]).toEqual(["cpu", "onnxruntime", "onnxruntime"]);
  });

  describe("nor a driver", () => {
    const before = process.env["VK_DRIVER_FILES"];
    beforeEach(() => {
      process.env["VK_DRIVER_FILES"] = "/no/driver.json";
    });
    afterEach(() => {
      if (before === undefined) delete process.env["VK_DRIVER_FILES"];
      else process.env["VK_DRIVER_FILES"] = before;
    });

    it('"webgpu" says what is missing', async () => {
      await expect(webgpu().setupDevice(0)).rejects.toThrow(/Vulkan/);
      expect(tf.findBackend("onnxruntime-webgpu")).toBeNull();
    });
  });
});
