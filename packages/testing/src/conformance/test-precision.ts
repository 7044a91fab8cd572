import { backward, gradOf, nn, optim, tensorScope, tf, type TrainingBackend } from "@lightning-ts/core";
import type { Precision } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";

export interface PrecisionSuite {
  readonly name: string;
  readonly create: () => Precision;
  /** A started backend that has the precision. */
  readonly backend: () => Promise<TrainingBackend>;
  /** Largest relative error of a matrix product in this precision. */
  readonly tolerance: number;
}

/** What every `Precision` does. */
export function testPrecision({ name, create, backend, tolerance }: PrecisionSuite): void {
  const connected = async (): Promise<Precision> => {
    const precision = create();
    precision.connect(await backend());
    return precision;
  };

  describe(`Precision: ${name}`, () => {
    it("is refused by a backend that does not have it, naming those that it has", async () => {
      const { capabilities } = await backend();
      const poor = { name: "poor", capabilities: { ...capabilities, precisions: ["32-true"] } };
      const precision = create();
      const connect = (): unknown => Reflect.apply(precision.connect, precision, [poor]);
      if (precision.name === "32-true") expect(connect).not.toThrow();
      else expect(connect).toThrow(/"poor".*one of 32-true/);
    });

    it("computes products within its tolerance and gives float32 back", async () => {
      const precision = await connected();
      using _scope = tensorScope();
      const product = precision.forward(() =>
        tf.matMul(tf.tensor2d([[1.2345, 2.3456]]), tf.tensor2d([[3.4567], [4.5678]])),
      );
      const exact = 1.2345 * 3.4567 + 2.3456 * 4.5678;
      expect(product.dtype).toBe("float32");
      expect(Math.abs((product.dataSync()[0] ?? 0) - exact) / exact).toBeLessThan(tolerance);
    });

    it("steps by the unscaled gradient", async () => {
      const precision = await connected();
      using _scope = tensorScope();
      const model = new nn.Linear(2, 1, { bias: false });
      model.weight.setData([0, 0]);
      const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
      const loss = tf.sum(precision.forward(() => model.forward(tf.tensor2d([[2, 4]]))));
      precision.backward(loss, (scaled) => backward(scaled));
      precision.unscaleGradients(optimizer);
      precision.unscaleGradients(optimizer);
      expect([...(gradOf(model.weight)?.dataSync() ?? [])]).toEqual([2, 4]);
      precision.optimizerStep(optimizer);
      expect([...model.weight.dataSync()]).toEqual([-2, -4]);
    });

    it("gives back what the closure returned", async () => {
      const precision = await connected();
      using _scope = tensorScope();
      const model = new nn.Linear(1, 1);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const loss = tf.scalar(3);
      expect(precision.optimizerStep(optimizer, () => loss)).toBe(loss);
    });

    it("goes on from its own state", async () => {
      const precision = await connected();
      const state = precision.state();
      if (state === undefined) return expect(precision.stateKey).not.toBe("");
      const other = create();
      other.restore(structuredClone(state));
      return expect(other.state()).toEqual(state);
    });
  });
}
