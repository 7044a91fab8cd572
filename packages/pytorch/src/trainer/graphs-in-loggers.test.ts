import { seedEverything, tf } from "@lightning-ts/core";
import { TensorBoardLogger } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Trainer } from "./trainer.js";

/** Fits a module with a logger of TensorBoard. */
async function fitWith(module: BoringModel, options: { readonly logGraph?: boolean } = {}) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const trainer = new Trainer({
    maxEpochs: 1,
    limitTrainBatches: 2,
    limitValBatches: 0,
    enableProgressBar: false,
    enableModelSummary: false,
    enableCheckpointing: false,
    logger: new TensorBoardLogger({ saveDir: "/logs", files, ...options }),
    ports: { files, terminal },
  });
  const result = await trainer.fit(module);
  const [path = ""] = files.paths().filter((name) => name.includes("tfevents"));
  const events = path === "" ? "" : new TextDecoder("latin1").decode(await files.readFile(path));
  return { result, events, warnings: terminal.warnings.join("\n"), weights: await module.layer.weight.data() };
}

class WithExample extends BoringModel {
  override exampleInputArray = tf.buffer([1, 32]);
}

describe("TensorBoardLogger with logGraph", () => {
  it("has the graph of the module when the run begins, which changes nothing of the run", async () => {
    seedEverything(7);
    const with_ = await fitWith(new WithExample(), { logGraph: true });
    seedEverything(7);
    const without = await fitWith(new WithExample());
    expect(with_.events).toMatch(/Gemm|MatMul/);
    expect(with_.events).toContain("layer/weight");
    expect(without.events).not.toContain("layer/weight");
    expect(with_.warnings).not.toContain("graph");
    expect([...with_.weights]).toEqual([...without.weights]);
  });

  it("says so where the module has no example, or its forward cannot be drawn, and trains", async () => {
    const none = await fitWith(new BoringModel(), { logGraph: true });
    expect(none.warnings).toContain("The graph of BoringModel is not logged: it needs an exampleInputArray");
    class Reads extends WithExample {
      override forward(x: tf.Tensor2D): tf.Tensor {
        if (!this.training) x.dataSync();
        return super.forward(x);
      }
    }
    const reads = await fitWith(new Reads(), { logGraph: true });
    expect(reads.warnings).toMatch(
      /The graph of Reads is not logged: The logger .*Logger failed in logGraph: The value of a tensor is read/,
    );
    expect([none, reads].map(({ result }) => result.status)).toEqual(["finished", "finished"]);
  });
});
