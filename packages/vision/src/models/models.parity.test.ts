import { currentBackend, grad, nn, resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import * as vision from "../index.js";
import { formulaState, uniform } from "./formula-weights-under-test.js";

interface Recorded {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface ModelCase {
  readonly model: string;
  readonly args: readonly [] | readonly [block: "BasicBlock" | "Bottleneck", layers: readonly number[]];
  readonly options: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly evaluated: Recorded;
  /** One batch of training, where normalization is over more than a few values. */
  readonly trained: Recorded | null;
  /** The norm of each gradient, and its first value. */
  readonly gradients: Readonly<Record<string, readonly [norm: number, first: number]>>;
  /** The norm of each buffer after one training batch. */
  readonly buffers: Readonly<Record<string, number>>;
}
type Shapes = Readonly<Record<string, readonly number[]>>;

/** Recorded with torchvision 0.29 on torch 2.15: tests/parity/record_vision.py. */
const fixture: { readonly cases: readonly ModelCase[]; readonly full: Readonly<Record<string, Shapes>> } = JSON.parse(
  readFileSync(new URL("fixtures/models.json", import.meta.url), "utf8"),
);

/**
 * Relative to the largest number of a tensor: fifty convolutions of up to 4608 float32 products, added
 * in another order.
 */
const [OUTPUT, GRADIENT] = [1e-4, 1e-3];

const NORMS: Readonly<Record<string, vision.NormLayer>> = {
  groupNorm: (channels) => new nn.GroupNorm(4, channels),
  layerNorm: (width) => new nn.LayerNorm(width, { eps: 1e-6 }),
};
const names: Readonly<Record<string, string>> = { mobilenet_v2: "mobilenetV2", vit_b_16: "vitB16" };
type Model = nn.Module & { forward(x: tf.Tensor): tf.Tensor };

function create({ model, args, options }: Pick<ModelCase, "model" | "args" | "options">): Model {
  const { normLayer, ...others } = options;
  const given = normLayer === undefined ? others : { ...others, normLayer: NORMS[String(normLayer)] };
  const [block, layers] = args;
  if (block !== undefined)
    return new vision.ResNet(block === "BasicBlock" ? vision.BasicBlock : vision.Bottleneck, layers ?? [], given);
  if (model === "VisionTransformer") return new vision.VisionTransformer(given as never);
  return (vision as unknown as Record<string, (options: object) => Model>)[names[model] ?? model]!(given);
}

function expectClose(actual: tf.Tensor, { shape, values }: Recorded, tolerance: number): void {
  expect(actual.shape).toEqual(shape);
  const largest = Math.max(...values.map(Math.abs));
  const received = actual.dataSync();
  const errors = values.map((value, i) => Math.abs(value - (received[i] ?? Number.NaN)) / largest);
  expect(Math.max(...errors), `expected ${values.join()}, received ${received.join()}`).toBeLessThan(tolerance);
}

function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

const titled = fixture.cases.map((recorded) => ({
  ...recorded,
  title: `${recorded.model} ${JSON.stringify(recorded.args)} ${JSON.stringify(recorded.options)}`,
}));
/** Those whose arithmetic takes tfjs' own backend a second or two. */
const isSmall = ({ model, options, size }: ModelCase): boolean =>
  model === "VisionTransformer" || ("invertedResidualSetting" in options && size === 32);
/** Large models on a busy machine. */
const TIMEOUT_MS = 180_000;

describe.each(["cpu", "onnxruntime"])("on %s, as in torchvision", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(titled.filter((recorded) => backend === "onnxruntime" || isSmall(recorded)))(
    "$title",
    { timeout: TIMEOUT_MS },
    async (recorded) => {
      const model = create(recorded);
      expect(Object.fromEntries([...model.stateDict()].map(([key, { shape }]) => [key, shape]))).toEqual(
        recorded.state,
      );
      expect([...model.stateDict().keys()]).toEqual(Object.keys(recorded.state));
      model.loadStateDict(formulaState(model));
      onTestFinished(() => model.dispose());
      {
        using _scope = tensorScope();
        const { size } = recorded;
        const x = tf.tensor(Float32Array.from(uniform(999, 6 * size * size)), [2, 3, size, size]);
        const evaluated = model.eval().forward(x);
        expectClose(evaluated, recorded.evaluated, OUTPUT);
        const weights = tf.sub(tf.range(0, evaluated.shape[1] ?? 0, 1), 1.5);
        const named = model.namedParameters();
        const gradients = grad(
          [tf.sum(tf.mul(evaluated, weights))],
          named.map(([, parameter]) => parameter),
        );
        // All at once: each value that is read alone would be a graph of its own.
        await currentBackend()?.synchronize();
        const largest = Math.max(...Object.values(recorded.gradients).map(([norm]) => norm));
        for (const [at, [name]] of named.entries()) {
          const [norm = Number.NaN, first = Number.NaN] = recorded.gradients[name] ?? [];
          const values = gradients[at]!.dataSync();
          const scale = Math.max(norm, 1e-3 * largest);
          const received = normOf(values);
          expect(Math.abs(received - norm) / scale, `gradient of ${name}: ${norm}, ${received}`).toBeLessThan(GRADIENT);
          expect(Math.abs((values[0] ?? Number.NaN) - first) / scale, `${name}[0]`).toBeLessThan(GRADIENT);
        }
        if (recorded.trained === null) return;
        expectClose(model.train().forward(x), recorded.trained, OUTPUT);
        for (const [name, buffer] of model.namedBuffers())
          expect(normOf(buffer.dataSync()), name).toBeCloseTo(recorded.buffers[name] ?? 0, 3);
      }
    },
  );
});

describe("a model without options", () => {
  it.each(Object.entries(fixture.full))(
    "has torchvision's keys and shapes: %s",
    { timeout: TIMEOUT_MS },
    (name, shapes) => {
      const model = create({ model: name, args: [], options: {} });
      expect([...model.stateDict()].map(([key, { shape }]) => [key, shape])).toEqual(Object.entries(shapes));
      model.dispose();
    },
  );
});
