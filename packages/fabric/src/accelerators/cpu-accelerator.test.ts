import { testAccelerator } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { cpu } from "./cpu-accelerator.js";

testAccelerator({ name: "cpu with tfjs' own kernels", create: () => cpu({ backend: "cpu" }) });
testAccelerator({ name: "cpu with the engine", create: () => cpu({ backend: "onnxruntime" }) });

it("takes the best backend that is available", async () => {
  const device = await cpu().setupDevice(0);
  expect(device.backend.name).toBe("onnxruntime");
});

it("names the nearest backend for one that nobody knows", async () => {
  await expect(cpu({ backend: "onnxruntim" }).setupDevice(0)).rejects.toThrow(/"onnxruntime"/);
});
