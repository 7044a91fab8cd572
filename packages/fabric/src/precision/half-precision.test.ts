import { F, gradOf, Metric, nn, optim, tf, type PrecisionName } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "../fabric/fabric.js";
import { HalfPrecision } from "./half-precision.js";
import type { Precision } from "./precision.js";

async function launched(precision: PrecisionName | Precision, files = new MemoryFiles()): Promise<Fabric> {
  const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime" }), precision, ports: { files } });
  await fabric.launch();
  fabric.seedEverything(1);
  return fabric;
}

const makeNet = () =>
  new nn.Sequential(new nn.Linear(8, 16), new nn.BatchNorm1d(16), new nn.GELU(), new nn.Linear(16, 3));

function makePair(fabric: Fabric, make: (p: tf.Variable[]) => optim.Adam | optim.SGD = adam) {
  return fabric.setup(makeNet(), (m) => make(m.parameters()));
}
const adam = (parameters: tf.Variable[]): optim.Adam => new optim.Adam(parameters, { lr: 0.01, eps: 1e-3 });

type Pair = ReturnType<typeof makePair>;

function accumulate(fabric: Fabric, [model]: Pair, seed: number): number {
  const x = tf.tensor2d(
    Array.from({ length: 64 }, (_, i) => Math.sin(seed + 3 * i)),
    [8, 8],
  );
  const loss = F.crossEntropy(model.forward(x), tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32"));
  fabric.backward(loss);
  return loss.dataSync()[0] ?? Number.NaN;
}

function trainStep(fabric: Fabric, pair: Pair, seed: number): number {
  return fabric.step(() => {
    pair[1].zeroGrad();
    const loss = accumulate(fabric, pair, seed);
    pair[1].step();
    return loss;
  });
}

/** Whether all numbers are those of the format: their last bits are zero, or they are multiples of the smallest. */
function isShort(tensor: tf.Tensor, precision: PrecisionName): boolean {
  const values = Float32Array.from(tensor.dataSync());
  const bits = new Uint32Array(values.buffer);
  return values.every((value, i) => {
    if (precision === "bf16-true") return ((bits[i] ?? 1) & 0xffff) === 0;
    return Math.abs(value) < 2 ** -14 ? Number.isInteger(value * 2 ** 24) : ((bits[i] ?? 1) & 0x1fff) === 0;
  });
}

const stateOf = ([model, optimizer]: Pair): number[][] =>
  [...model.stateDict().values(), ...[...optimizer.state.values()].flatMap(({ tensors }) => [...tensors.values()])].map(
    (tensor) => [...tensor.dataSync()],
  );

describe.each(["16-true", "bf16-true"] as const)("precision %s", (precision) => {
  it("gives parameters, buffers, gradients and the optimizer's state numbers of the format", async () => {
    const fabric = await launched(precision);
    const pair = makePair(fabric);
    const [model, optimizer] = pair;
    expect([...model.stateDict().values()].every((tensor) => isShort(tensor, precision))).toBe(true);
    for (let step = 0; step < 3; step += 1) trainStep(fabric, pair, step);
    const gradients = model.parameters().map((parameter) => gradOf(parameter) ?? tf.scalar(Number.NaN));
    const moments = [...optimizer.state.values()].flatMap(({ tensors }) => [...tensors.values()]);
    expect(moments).toHaveLength(12);
    const all = [...model.stateDict().values(), ...gradients, ...moments];
    expect(all.filter((tensor) => !isShort(tensor, precision))).toEqual([]);
    expect(new Set(all.map(({ dtype }) => dtype))).toContain("float32");
  });

  it("gives what a forward is given and computes numbers of the format", async () => {
    const fabric = await launched(precision);
    const given: tf.Tensor[] = [];
    class Net extends nn.Module {
      override forward({ x }: { readonly x: tf.Tensor }): tf.Tensor {
        given.push(x);
        return tf.exp(tf.div(x, 7));
      }
    }
    const model = fabric.setup(new Net());
    fabric.step(() => {
      const result = model.forward({ x: tf.tensor1d([1 / 3, 1.2345]) });
      expect([result, ...given].map((tensor) => isShort(tensor, precision))).toEqual([true, true]);
      expect(isShort(tf.exp(tf.tensor1d([1 / 3])), precision)).toBe(false);
    });
  });

  it("lets gradients through the rounding of inputs: a model behind another one trains it", async () => {
    const fabric = await launched(precision);
    const first = fabric.setup(new nn.Linear(2, 2));
    const second = fabric.setup(new nn.Linear(2, 1));
    fabric.step(() => fabric.backward(tf.sum(second.forward(first.forward(tf.ones([1, 2]))))));
    expect(gradOf(first.module.weight)).not.toBeNull();
  });

  it("loses updates that are too small for the format, as float16 and bfloat16 do", async () => {
    const fabric = await launched(precision);
    const pair = fabric.setup(
      new nn.Linear(2, 1, { bias: false }),
      (m) => new optim.SGD(m.parameters(), { lr: 2 ** -13 }),
    );
    const [model, optimizer] = pair;
    model.weight.setData([1, 2 ** -13]);
    fabric.step(() => {
      fabric.backward(tf.sum(model.forward(tf.tensor2d([[1, 1]]))));
      optimizer.step();
    });
    expect([...model.weight.dataSync()]).toEqual([1, 0]);
  });

  it("accumulates and clips gradients in the format", async () => {
    const fabric = await launched(precision);
    const pair = makePair(fabric);
    const [model, optimizer] = pair;
    fabric.step(() => {
      accumulate(fabric, pair, 0);
      accumulate(fabric, pair, 1);
      const gradients = model.parameters().map((parameter) => gradOf(parameter) ?? tf.scalar(Number.NaN));
      expect(gradients.every((tensor) => isShort(tensor, precision))).toBe(true);
      const norm = fabric.clipGradients(model, optimizer, { maxNorm: 0.01 })?.dataSync()[0] ?? 0;
      expect(norm).toBeGreaterThan(0.01);
      optimizer.step();
    });
    const clipped = model.parameters().map((parameter) => gradOf(parameter) ?? tf.scalar(Number.NaN));
    expect(clipped.every((tensor) => isShort(tensor, precision))).toBe(true);
    expect([...model.stateDict().values()].every((tensor) => isShort(tensor, precision))).toBe(true);
  });

  it("goes on from a checkpoint with the same bits", async () => {
    const files = new MemoryFiles();
    const fabric = await launched(precision, files);
    const pair = makePair(fabric);
    for (let step = 0; step < 3; step += 1) trainStep(fabric, pair, step);
    await fabric.save("/half.ckpt", { model: pair[0], optimizer: pair[1] });
    const resumed = await launched(precision, files);
    const other = makePair(resumed);
    await resumed.load("/half.ckpt", { model: other[0], optimizer: other[1] });
    const losses = [3, 4, 5].map((step) => trainStep(fabric, pair, step));
    expect([3, 4, 5].map((step) => trainStep(resumed, other, step))).toEqual(losses);
    expect(stateOf(other)).toEqual(stateOf(pair));
  });

  it("rounds what a checkpoint of a float32 training holds", async () => {
    const files = new MemoryFiles();
    const full = await launched("32-true", files);
    const pair = makePair(full);
    trainStep(full, pair, 0);
    await full.save("/full.ckpt", { model: pair[0], optimizer: pair[1] });
    const fabric = await launched(precision, files);
    const [model, optimizer] = makePair(fabric);
    await fabric.load("/full.ckpt", { model, optimizer });
    const moments = [...optimizer.state.values()].flatMap(({ tensors }) => [...tensors.values()]);
    expect(moments).toHaveLength(12);
    const all = [...model.stateDict().values(), ...moments];
    expect(all.filter((tensor) => !isShort(tensor, precision))).toEqual([]);
  });

  it("rounds a model that was set up before the launch", async () => {
    const fabric = new Fabric({
      accelerator: cpu({ backend: "onnxruntime" }),
      precision,
      ports: { files: new MemoryFiles() },
    });
    const model = fabric.setup(makeNet());
    await fabric.launch();
    expect([...model.stateDict().values()].every((tensor) => isShort(tensor, precision))).toBe(true);
  });

  it("leaves metrics in float32: they count beyond what the format can", async () => {
    class Count extends Metric {
      readonly total = this.addState("total", { reduce: "sum" });
      override update(x: tf.Tensor) {
        this.total.assign(tf.add(this.total, tf.sum(x)));
      }
      override compute() {
        return tf.clone(this.total);
      }
    }
    const fabric = await launched(precision);
    class Net extends nn.Module {
      readonly count = new Count();
      override forward(x: tf.Tensor): tf.Tensor {
        this.count.update(x);
        return tf.mul(x, 2);
      }
    }
    const model = fabric.setup(new Net());
    for (let i = 0; i < 3; i += 1) fabric.step(() => model.forward(tf.fill([4097], 1)));
    expect(fabric.step(() => model.count.compute().dataSync()[0])).toBe(3 * 4097);
  });

  it("leaves whole numbers and positions as they are, whatever their size", async () => {
    const fabric = await launched(precision);
    fabric.step(() =>
      fabric.autocast(() => {
        expect([...tf.range(4097, 4099).dataSync()]).toEqual([4097, 4098]);
        const index = tf.cast(tf.tensor1d([4097], "int32"), "float32");
        expect([...tf.cast(index, "int32").dataSync()]).toEqual([4097]);
        expect([...tf.add(tf.tensor1d([4096], "int32"), tf.scalar(1, "int32")).dataSync()]).toEqual([4097]);
      }),
    );
  });

  it("refuses an optimizer that asks for the loss several times", async () => {
    const fabric = await launched(precision);
    const [model, optimizer] = fabric.setup(new nn.Linear(2, 1), (m) => new optim.LBFGS(m.parameters()));
    const step = () => optimizer.step(() => tf.sum(model.forward(tf.ones([1, 2]))));
    expect(() => fabric.step(step)).toThrow(/does not work with an optimizer that asks for the loss several times/);
  });

  it("leaves no tensor over, also where a step fails in its middle", async () => {
    const fabric = await launched(precision);
    const pair = makePair(fabric);
    trainStep(fabric, pair, 0);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 10; step += 1) trainStep(fabric, pair, step);
    expect(tf.memory().numTensors).toBe(before);
    const fail = () =>
      fabric.step(() => {
        pair[1].zeroGrad();
        accumulate(fabric, pair, 3);
        throw new Error("in its middle");
      });
    expect(fail).toThrow("in its middle");
    expect(Number.isFinite(trainStep(fabric, pair, 4))).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("HalfPrecision", () => {
  it("is what the option makes", () => {
    const plugin = new Fabric({ plugins: [new HalfPrecision()], ports: { files: new MemoryFiles() } });
    expect(plugin.precision.name).toBe("16-true");
    const option = new Fabric({ precision: "bf16-true", ports: { files: new MemoryFiles() } });
    expect(option.precision).toBeInstanceOf(HalfPrecision);
  });

  it("overflows in float16, without a scaler", async () => {
    const fabric = await launched("16-true");
    const model = fabric.setup(new nn.Linear(1, 1, { bias: false }));
    model.weight.setData([300]);
    expect(fabric.step(() => model.forward(tf.tensor2d([[300]])).dataSync()[0])).toBe(Number.POSITIVE_INFINITY);
  });
});
