import { beforeAll, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { grad } from "./grad.js";
import { INSTEAD_OF } from "./instead-of.js";

/** Kernels without a gradient that need none: their results are numbers that nothing flows through, or strings. */
const FLAT =
  /^(All|Any|BitwiseAnd|BroadcastArgs|Draw|Equal|Fill|FromPixels|Greater|Less|LessEqual|LinSpace|Logical\w+|LowerBound|UpperBound|SearchSorted|Multinomial|NonMaxSuppression\w+|NotEqual|Range|Ragged\w+|Sparse(FillEmptyRows|Reshape)|Static\w+|String\w+|Unique)$/;
/** Kernels that no operation records: tfjs falls back to others, or this library's gradients do not use them. */
const UNRECORDED = /^(Fused\w*Conv2D|_FusedMatMul|MatrixBandPart|Pool|Resize\w+Grad|Conv3DBackpropInputV2)$/;

beforeAll(async () => {
  await resolveBackend("cpu");
});

it("names something to write for every kernel without a gradient that numbers flow through", () => {
  const words = Object.values(tf).filter((value) => typeof value === "string");
  const names = new Set(words.filter((word) => /^[A-Z_]\w+$/.test(word) && word !== "__op"));
  const without = [...names].filter(
    (name) => (tf.getGradient(name) ?? undefined) === undefined && !FLAT.test(name) && !UNRECORDED.test(name),
  );
  expect(Object.keys(INSTEAD_OF)).toEqual(without.sort());
});

it("says it in a sentence for each kernel", () => {
  expect(INSTEAD_OF).toHaveProperty("FFT");
  for (const [name, text] of Object.entries(INSTEAD_OF)) expect(text, name).toMatch(/^[\w"][^]{30,}\.$/);
});

it("says it where a backward meets one", () => {
  using _scope = tensorScope();
  const image = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
  const { result } = tf.maxPoolWithArgmax(image, 2, 2, "valid");
  if (result === undefined) throw new RangeError("tf.maxPoolWithArgmax returns a result.");
  expect(() => grad(tf.sum(result), [image])).toThrow(NoGradientError);
  expect(() => grad(tf.sum(result), [image])).toThrow(
    /MaxPoolWithArgmax has no gradient.*tf\.maxPool and F\.maxPool2d give the same values/,
  );
  expect(() => grad(tf.sum(tf.image.cropAndResize(image, [[0, 0, 1, 1]], [0], [1, 1])), [image])).toThrow(
    /cut with tf\.slice/,
  );
});
