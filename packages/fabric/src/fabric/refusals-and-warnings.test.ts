import { DataLoader, nn, optim, tf, type LightningError } from "@lightning-ts/core";
import { beforeEach, describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "./fabric.js";
import { dataset, launched, Net, newFabric, ports, renewPorts } from "./fixtures/launched-fabric.js";

beforeEach(renewPorts);

describe("bad input of Fabric", () => {
  it("is reported all at once, with the nearest names", () => {
    const wrong = { accelerater: "cpu", strategy: "single_devise", precision: "16-mixd", numNodes: 0, plugins: [{}] };
    expect(() => new Fabric(Object(wrong))).toThrow(
      expect.toSatisfy((error: LightningError) =>
        [
          "accelerator (did you mean",
          'strategy: "single_device"',
          'precision: "16-mixed"',
          "numNodes must be",
          "This is no plugin",
        ].every((part) => error.message.includes(part)),
      ),
    );
  });

  it.each<[string, object, RegExp]>([
    ["an unknown accelerator", { accelerator: "tpu" }, /no accelerator "tpu".*"onnxruntime"/],
    ["devices that are no number", { devices: "two" }, /"two"/],
    ["more devices than the strategy has", { devices: 2, strategy: "single_device" }, /single_device.*one device/],
    ["a precision twice", { precision: "32-true", plugins: [{ kind: "precision" }] }, /given twice/],
    [
      "two plugins of one kind",
      { plugins: [{ kind: "collective" }, { kind: "collective" }] },
      /Two plugins of the kind "collective"/,
    ],
    ["a callback that is no object", { callbacks: ["early-stopping"] }, /callback must be an object/],
  ])("refuses %s", (_, options, message) => {
    expect(() => new Fabric(Object(options))).toThrow(message);
  });

  it.each<[string, (fabric: Fabric) => unknown, RegExp]>([
    [
      "an optimizer of another model",
      (fabric) => fabric.setup(new Net(), new optim.Adam(new Net().parameters())),
      /no parameter of the Net/,
    ],
    ["a model twice", (fabric) => fabric.setup(fabric.setup(new Net())), /set up before/],
    [
      "an optimizer twice",
      (fabric) => fabric.setupOptimizers(fabric.setupOptimizers(new optim.Adam(new Net().parameters()))),
      /set up before/,
    ],
    [
      "a loader twice",
      (fabric) => fabric.setupDataloaders(fabric.setupDataloaders(new DataLoader(dataset()))),
      /data loader was set up before/,
    ],
    ["a loader that is none", (fabric) => fabric.setupDataloaders(Object(new Map())), /no data loader.*Map/],
    ["a model that is none", (fabric) => fabric.setup(Object({})), /needs a model/],
    ["an optimizer that is none", (fabric) => fabric.setup(new Net(), Object({ lr: 1 })), /no optimizer/],
    ["no optimizer at all", (fabric) => Reflect.apply(fabric.setupOptimizers, fabric, []), /at least one optimizer/],
    [
      "a tf.train optimizer without its model",
      (fabric) => fabric.setupOptimizers(tf.train.sgd(0.1)),
      /fabric\.setup\(model, optimizer\)/,
    ],
    [
      "a tf.train optimizer for Parameters",
      (fabric) => fabric.setup(new Net(), tf.train.sgd(0.1)),
      /not registered with tfjs/,
    ],
    [
      "backward on a tensor that no parameter reaches",
      (fabric) => fabric.step(() => fabric.backward(tf.scalar(1))),
      /No trainable variable/,
    ],
    ["a launched function without parameters", (fabric) => fabric.launch(() => 1), /takes no parameters/],
    ["a launched value that is no function", (fabric) => fabric.launch(Object("main")), /needs a function/],
  ])("refuses %s", async (_, misuse, message) => {
    const fabric = await launched();
    await expect(async () => misuse(fabric)).rejects.toThrow(message);
  });

  it("refuses clipping with both limits, with neither, and of what was not set up", async () => {
    const fabric = await launched();
    const net = new Net();
    const [model, optimizer] = fabric.setup(net, (m) => new optim.Adam(m.parameters()));
    expect(() => fabric.clipGradients(model, optimizer, { clipVal: 1, maxNorm: 1 })).toThrow(/Both/);
    expect(() => fabric.clipGradients(model, optimizer, {})).toThrow(/Neither/);
    expect(() => fabric.clipGradients(model, optimizer, { maxNorm: Number.NaN })).toThrow(/above 0/);
    expect(() => fabric.clipGradients(net, optimizer, { maxNorm: 1 })).toThrow(/model was not set up/);
    expect(() => fabric.noBackwardSync(net, () => 1)).toThrow(/model was not set up/);
  });

  it.each(["barrier", "broadcast", "allGather", "allReduce", "backward", "toDevice"] as const)(
    "refuses %s before launch",
    async (name) => {
      const fabric = newFabric();
      await expect(async () => Reflect.apply(fabric[name], fabric, [1])).rejects.toThrow(
        new RegExp(`fabric\\.${name}\\(\\) is not available before launch`),
      );
    },
  );
});

describe("a backend that is not what one would wish", () => {
  it("is refused by a model with convolutions that it cannot train, at setup or at launch, naming one that can", async () => {
    const make = (fabric: Fabric) =>
      fabric.setup(new nn.Conv2d(1, 2, 3), (m) => new optim.SGD(m.parameters(), { lr: 0.1 }));
    const ready = new Fabric({ accelerator: "wasm" });
    await ready.launch();
    expect(() => make(ready)).toThrow(/wasm.*onnxruntime/);
    const later = new Fabric({ accelerator: "wasm" });
    make(later);
    await expect(later.launch()).rejects.toThrow(/wasm.*onnxruntime/);
    await expect(new Fabric({ accelerator: "wasm" }).launch()).resolves.toBeUndefined();
  });

  it("is named once, with the reasons why better ones were passed over", async () => {
    const device = await cpu({ backend: "cpu" }).setupDevice(0);
    const accelerator = Object.assign(cpu(), {
      setupDevice: async () => ({ ...device, reasons: ["onnxruntime: not installed (npm install onnxruntime-node)."] }),
    });
    const fabric = await launched({ accelerator });
    await fabric.launch();
    expect(ports.terminal.warnings).toEqual([expect.stringMatching(/"cpu".*onnxruntime: not installed/)]);
  });
});
