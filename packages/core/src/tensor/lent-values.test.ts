import { expect, it } from "vitest";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { draftTensor, lendFloats, lendFloatsNow, startInOrder } from "./lent-values.js";
import { tf } from "./tf.js";

await describeOnBackends("values without copies (%s)", () => {
  it("lends what a tensor holds, once it is computed", async () => {
    const [first, second] = tf.tidy(() => {
      const sum = tf.add(tf.tensor1d([1, 2, 3]), 1);
      return [tf.keep(sum), tf.keep(tf.sum(sum))];
    });
    startInOrder([[first], [second]]);
    startInOrder([]);
    const loans = [lendFloatsNow(first), await lendFloats(second)];
    expect(loans.map(({ values }) => [...values])).toEqual([[2, 3, 4], [9]]);
    for (const { giveBack } of loans) giveBack();
    tf.dispose([first, second]);
  });

  it("lends integers and booleans as floats", async () => {
    const tensors = [tf.tensor1d([1, -2], "int32"), tf.tensor1d([true, false], "bool")];
    for (const tensor of tensors)
      for (const loan of [lendFloatsNow(tensor), await lendFloats(tensor)]) {
        expect(loan.values).toBeInstanceOf(Float32Array);
        expect([...loan.values]).toEqual([...tensor.dataSync()]);
        loan.giveBack();
        loan.giveBack();
      }
    tf.dispose(tensors);
  });

  it.each([[[2, 3]], [[1]], [[]], [[0, 2]]])(
    "makes a tensor of shape %j from what is written into its draft",
    (shape) => {
      const draft = draftTensor(shape);
      draft.values.forEach((_, index) => (draft.values[index] = index + 0.5));
      const tensor = draft.finish();
      expect([tensor.shape, tensor.dtype]).toEqual([shape, "float32"]);
      expect([...tf.tidy(() => tf.mul(tensor, 2).dataSync())]).toEqual([...draft.values].map((value) => 2 * value));
      tensor.dispose();
      draftTensor(shape).drop();
    },
  );
});
