import { DataLoader, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "./fabric.js";
import type { FabricOptions } from "./fabric-options.js";

const accelerator = cpu({ backend: "cpu" });

/** As a caller without types would. */
const untyped = (value: unknown): never => value as never;

async function launched(options: FabricOptions = {}): Promise<Fabric> {
  const fabric = new Fabric({ accelerator, ...options });
  await fabric.launch();
  return fabric;
}

describe("options of a Fabric", () => {
  it.each<[string, unknown, RegExp]>([
    ["nothing that is an object", null, /takes an object of options.*Received null/],
    ["a number", 3, /takes an object of options.*Received 3/],
    ["no precision", { precision: null }, /no precision null/],
    ["no accelerator", { accelerator: null, strategy: 3 }, /no strategy 3/],
    ["a logger's name", { loggers: "csv" }, /This is no logger.*Received "csv"/],
    [
      "half a node",
      { numNodes: 1.5 },
      /^MisconfigurationError: Fabric cannot be set up: numNodes must be a whole number above 0; it is 1\.5\.$/,
    ],
    ["no number of devices", { devices: Number.NaN }, /Received NaN/],
  ])("refuse %s", (_name, options, message) => {
    let error: unknown;
    try {
      new Fabric(untyped(options));
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toMatch(message);
  });
});

describe("methods of a Fabric", () => {
  it.each<[string, RegExp, (fabric: Fabric) => unknown]>([
    ["setup() of nothing", /needs a model first.*Received undefined/, (fabric) => fabric.setup(untyped(undefined))],
    ["setup() of a number", /needs a model first.*Received 3/, (fabric) => fabric.setup(untyped(3))],
    ["backward() of a number", /needs the loss as a tensor.*Received 3/, (fabric) => fabric.backward(untyped(3))],
    ["save() of a number", /names what to save.*Received 3/, (fabric) => fabric.save("/tmp/never.ckpt", untyped(3))],
    [
      "clipGradients() without limits",
      /Neither clipVal nor maxNorm/,
      (fabric) => {
        const [model, optimizer] = fabric.setup(
          new nn.Linear(1, 1),
          (module) => new optim.SGD(module.parameters(), { lr: 1 }),
        );
        return fabric.clipGradients(model, optimizer, untyped(undefined));
      },
    ],
    [
      "a loss that no parameter reaches",
      /check requiresGrad of the parameters/,
      (fabric) => fabric.step(() => fabric.backward(tf.scalar(1))),
    ],
  ])("%s says what is wrong", async (_name, message, call) => {
    const fabric = await launched();
    await expect((async () => call(fabric))()).rejects.toThrow(message);
  });

  it("print tensors by their values", async () => {
    const terminal = new FakeTerminal();
    const fabric = await launched({ ports: { terminal } });
    const loader = fabric.setupDataloaders(new DataLoader(new TensorDataset(new Float32Array([2])), { batchSize: 1 }));
    for await (const [x] of loader) fabric.print("x is", x);
    expect(terminal.text).toContain("x is Tensor\n    [2]\n");
  });
});
