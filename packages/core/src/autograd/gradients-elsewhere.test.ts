import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";
import { clipGradNorm } from "../nn/utils/clip-gradients.js";
import { Linear } from "../nn/layers/linear.js";
import { tf } from "../tensor/tf.js";
import { setGradElsewhere } from "./gradients-elsewhere.js";
import { setGrad } from "./gradients-of-variables.js";

it("refuses a norm of gradients of which another rank has one, and takes what is here", () => {
  const { weight, bias } = new Linear(2, 1);
  if (bias === undefined || bias === null) throw new Error("no bias");
  setGrad(weight, tf.tensor2d([[3, 4]]));
  setGradElsewhere(bias, true);
  expect(() => clipGradNorm([weight, bias], 1)).toThrow(
    /clipGradNorm sees a part of the gradients alone.*another one has that of .*Expected gradients that are all on this/,
  );
  expect(clipGradNorm([weight], Infinity).dataSync()[0]).toBe(5);
  setGrad(bias, tf.tensor1d([12]));
  expect(clipGradNorm([weight, bias], Infinity).dataSync()[0]).toBe(13);
  setGrad(bias, null);
  setGradElsewhere(bias, false);
  expect(clipGradNorm([weight, bias], Infinity).dataSync()[0]).toBe(5);
});
