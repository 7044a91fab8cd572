import { nn, resolveBackend, tf } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "./lightning-module.js";

class Net extends LightningModule {
  readonly layers = new nn.Sequential(new nn.Linear(4, 3), new nn.Dropout(0.5));

  override forward(x: tf.Tensor): tf.Tensor {
    return this.layers.forward(x);
  }
}

beforeAll(async () => {
  await resolveBackend("onnxruntime");
});

describe("toOnnx", () => {
  it("writes a file through the port, into folders that are not there yet, over one that is", async () => {
    const files = new MemoryFiles();
    const module = new Net();
    await module.toOnnx("/models/new/net.onnx", { input: tf.zeros([1, 4]), files });
    const first = await files.readFile("/models/new/net.onnx");
    expect(new TextDecoder().decode(first)).toContain("layers.0.weight");
    await module.toOnnx("/models/new/net.onnx", { input: tf.zeros([1, 4]), files, outputNames: ["probabilities"] });
    expect(new TextDecoder().decode(await files.readFile("/models/new/net.onnx"))).toContain("probabilities");
    expect(await files.list("/models/new")).toEqual(["net.onnx"]);
    expect(module.training).toBe(true);
  });

  it("takes exampleInputArray where no input is given, and says so where there is none", async () => {
    const files = new MemoryFiles();
    const module = new Net();
    await expect(module.toOnnx("/net.onnx", { files })).rejects.toThrow(
      "Net.toOnnx() does not know what forward takes",
    );
    module.exampleInputArray = tf.buffer([1, 4]);
    await module.toOnnx("/net.onnx", { files });
    expect((await files.readFile("/net.onnx")).length).toBeGreaterThan(100);
  });

  it("leaves the old file where the module cannot be exported", async () => {
    class Refused extends Net {
      override forward(x: tf.Tensor): tf.Tensor {
        return tf.unique(x.flatten()).values;
      }
    }
    const files = new MemoryFiles();
    await new Net().toOnnx("/net.onnx", { input: tf.zeros([1, 4]), files });
    const before = await files.readFile("/net.onnx");
    await expect(new Refused().toOnnx("/net.onnx", { input: tf.zeros([1, 4]), files })).rejects.toThrow("Unique");
    expect(await files.readFile("/net.onnx")).toEqual(before);
    expect(await files.list("/")).toEqual(["net.onnx"]);
  });
});
