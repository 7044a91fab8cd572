import { readFileSync } from "node:fs";
import * as layers from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import "./tfjs-gradients.js";

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}
type Steps = number | [number, number];
interface Convolution extends Record<"x" | "filter" | "y" | "dy" | "dx" | "dfilter", Numbers> {
  readonly kind: "conv1d" | "conv2d" | "conv3d" | "depthwiseConv2d";
  readonly padding: number | "same" | "valid";
  readonly dilation: Steps;
}
interface Fixture {
  readonly convolutions: Convolution[];
  readonly products: (Record<"a" | "b" | "y" | "dy" | "da" | "db", Numbers> & {
    readonly transpose: [boolean, boolean];
  })[];
  readonly transposed: (Record<"x" | "filter" | "y" | "dy" | "dx" | "dfilter", Numbers> & {
    readonly stride: number;
  })[];
}

const fixture = JSON.parse(readFileSync(new URL("fixtures/tfjs-gradients.json", import.meta.url), "utf8")) as Fixture;

/** Float32 sums of a few hundred terms in another order than PyTorch's. */
const TOLERANCE = 2e-5;

function tensor<R extends tf.Rank>({ values, shape }: Numbers): tf.Tensor<R> {
  return tf.tensor(values, shape as [number]) as tf.Tensor as tf.Tensor<R>;
}

function expectClose(actual: tf.Tensor | null | undefined, expected: Numbers, what: string): void {
  expect(actual?.shape, what).toEqual(expected.shape);
  const scale = Math.max(1, ...expected.values.map(Math.abs));
  const values = actual?.dataSync() ?? [];
  expected.values.forEach((value, i) => {
    if (!(Math.abs((values[i] ?? Number.NaN) - value) <= TOLERANCE * scale))
      throw new Error(`${what}[${i}]: expected ${value}, received ${values[i]}`);
  });
}

/** tfjs takes a number of padding for two dimensions only. */
const OPERATIONS: Record<
  Convolution["kind"],
  (x: tf.Tensor, filter: tf.Tensor, padding: number | "same" | "valid", dilation: Steps) => tf.Tensor
> = {
  conv1d: (x, filter, padding, dilation) =>
    tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, padding, "NWC", dilation as number),
  conv2d: (x, filter, padding, dilation) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, padding, "NHWC", dilation),
  conv3d: (x, filter, padding, dilation) =>
    tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, 1, padding as "same", "NDHWC", [
      dilation,
      dilation,
      dilation,
    ] as [number, number, number]),
  depthwiseConv2d: (x, filter, padding, dilation) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, padding, "NHWC", dilation),
};

describe.each(await backendsUnderTest())("on %s, tfjs' operations have PyTorch's gradients", (backend) => {
  beforeAll(() => resolveBackend(backend));

  it.each(fixture.convolutions.map((recorded, index) => ({ ...recorded, index })))(
    "$kind $index, padding $padding, dilated by $dilation",
    (recorded) => {
      using _scope = tensorScope();
      const [x, filter] = [tensor(recorded.x), tensor(recorded.filter)];
      const y = OPERATIONS[recorded.kind](x, filter, recorded.padding, recorded.dilation);
      expectClose(y, recorded.y, "y");
      const [dx, dfilter] = grad(y, [x, filter], { gradOutputs: [tensor(recorded.dy)] });
      expectClose(dx, recorded.dx, "dx");
      expectClose(dfilter, recorded.dfilter, "dfilter");
    },
  );

  it.each(fixture.convolutions.filter(({ kind }) => kind === "conv2d" || kind === "depthwiseConv2d"))(
    "fused.$kind with a bias, padding $padding, dilated by $dilation",
    (recorded) => {
      using _scope = tensorScope();
      const [x, filter, dy] = [
        tensor<tf.Rank.R4>(recorded.x),
        tensor<tf.Rank.R4>(recorded.filter),
        tensor(recorded.dy),
      ];
      const bias = tf.zeros([recorded.y.shape.at(-1) ?? 1]);
      const y = tf.fused[recorded.kind as "conv2d"]({
        x,
        filter,
        bias,
        strides: 1,
        pad: recorded.padding,
        dilations: recorded.dilation as [number, number],
      });
      const [dx, dfilter, dbias] = grad(y, [x, filter, bias], { gradOutputs: [dy] });
      expectClose(dx, recorded.dx, "dx");
      expectClose(dfilter, recorded.dfilter, "dfilter");
      const sums = tf.sum(dy, [0, 1, 2]);
      expectClose(dbias, { shape: sums.shape, values: [...sums.dataSync()] }, "dbias");
    },
  );

  it.each(fixture.convolutions.filter(({ x, kind }) => x.shape[0] === 1 && kind === "conv2d"))(
    "$kind of one image without a batch, padding $padding",
    (recorded) => {
      using _scope = tensorScope();
      const unbatched = ({ shape, values }: Numbers): Numbers => ({ shape: shape.slice(1), values });
      const filter = tensor<tf.Rank.R4>(recorded.filter);
      const image = tensor<tf.Rank.R3>(unbatched(recorded.x));
      const dilations = recorded.dilation as [number, number];
      for (const y of [
        tf.conv2d(image, filter, 1, recorded.padding, "NHWC", dilations),
        tf.fused.conv2d({ x: image, filter, strides: 1, pad: recorded.padding, dilations }),
      ]) {
        expectClose(y, unbatched(recorded.y), "y");
        expectClose(
          grad(y, [image], { gradOutputs: [tensor(unbatched(recorded.dy))] })[0],
          unbatched(recorded.dx),
          "dx",
        );
      }
    },
  );

  it.each(
    fixture.products.map((recorded) => ({
      ...recorded,
      shapes: `${recorded.a.shape.join("x")} · ${recorded.b.shape.join("x")}`,
    })),
  )("matMul $shapes, transposed $transpose", (recorded) => {
    using _scope = tensorScope();
    for (const isFused of [false, true]) {
      const [a, b] = [tensor<tf.Rank.R3>(recorded.a), tensor<tf.Rank.R3>(recorded.b)];
      const [transposeA, transposeB] = recorded.transpose;
      const y = isFused ? tf.fused.matMul({ a, b, transposeA, transposeB }) : tf.matMul(a, b, transposeA, transposeB);
      expectClose(y, recorded.y, "y");
      const [da, db] = grad(y, [a, b], { gradOutputs: [tensor(recorded.dy)] });
      expectClose(da, recorded.da, "da");
      expectClose(db, recorded.db, "db");
    }
  });

  it.each(fixture.transposed)("conv3dTranspose with stride $stride", (recorded) => {
    using _scope = tensorScope();
    const [x, filter] = [tensor<tf.Rank.R5>(recorded.x), tensor<tf.Rank.R5>(recorded.filter)];
    const y = tf.conv3dTranspose(
      x,
      filter,
      recorded.y.shape as [number, number, number, number, number],
      recorded.stride,
      "valid",
    );
    expectClose(y, recorded.y, "y");
    const [dx, dfilter] = grad(y, [x, filter], { gradOutputs: [tensor(recorded.dy)] });
    expectClose(dx, recorded.dx, "dx");
    expectClose(dfilter, recorded.dfilter, "dfilter");
  });

  it("layers of tfjs with a dilation train, with tfjs' own optimizers", () => {
    const model = layers.sequential({
      layers: [
        layers.layers.conv2d({
          filters: 3,
          kernelSize: 3,
          dilationRate: 2,
          padding: "same",
          inputShape: [8, 8, 1],
          activation: "relu",
        }),
        layers.layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: [1, 3] }),
        layers.layers.depthwiseConv2d({ kernelSize: 2, dilationRate: 2 }),
        layers.layers.flatten(),
        layers.layers.dense({ units: 1 }),
      ],
    });
    const [x, target] = [tf.randomNormal([16, 8, 8, 1]), tf.ones([16, 1])];
    const optimizer = tf.train.sgd(0.02);
    const loss = (): tf.Scalar => tf.losses.meanSquaredError(target, model.predict(x) as tf.Tensor) as tf.Scalar;
    const values = Array.from({ length: 8 }, () => Number(optimizer.minimize(loss, true)?.dataSync()[0]));
    expect(values.at(-1)).toBeLessThan((values[0] ?? 0) * 0.9);
  });
});
