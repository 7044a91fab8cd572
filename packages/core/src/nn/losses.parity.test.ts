import { readFileSync } from "node:fs";
import { it } from "vitest";
import { grad } from "../autograd/grad.js";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { expectRecorded, ofEach, type RecordedTensor } from "./expect-recorded-under-test.js";
import * as nn from "./index.js";

interface Numbers {
  readonly shape: number[];
  readonly dtype: "float32" | "int32";
  readonly values: number[];
}

/** Recorded with torch 2.15: tests/parity/record_losses.py. */
const fixture = JSON.parse(readFileSync(new URL("fixtures/losses.json", import.meta.url), "utf8")) as {
  readonly cases: readonly {
    readonly loss: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly inputs: readonly Numbers[];
    readonly y: Numbers;
    readonly dy: Numbers;
    readonly gradients: readonly (Numbers | null)[];
  }[];
};

/** Float32 sums of a dozen terms in another order, and functions whose last bits differ. */
const TOLERANCE = 1e-5;

function tensor({ values, shape, dtype }: Numbers): tf.Tensor {
  return tf.tensor(values, shape, dtype);
}

function expectClose(actual: tf.Tensor | null | undefined, expected: RecordedTensor | undefined, what: string): void {
  expectRecorded(actual, expected, what, ofEach(TOLERANCE));
}

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(fixture.cases.map((recorded, index) => ({ ...recorded, title: `${recorded.loss} ${index}` })))(
    "nn.$title with $options",
    ({ loss, options, inputs, y, dy, gradients }) => {
      using _scope = tensorScope();
      const given = Object.entries(options).map(([name, value]) => [
        name,
        typeof value === "object" ? tensor(value as Numbers) : value,
      ]);
      const create = new Map<string, unknown>(Object.entries(nn)).get(loss) as new (
        options: object,
      ) => nn.MSELoss & { forward(...inputs: tf.Tensor[]): tf.Tensor };
      const tensors = inputs.map(tensor);
      const module = new create(Object.fromEntries(given) as object);
      const result = module.forward(...tensors);
      expectClose(result, y, "loss");
      const wanted = gradients.flatMap((gradient, i) => {
        const input = tensors[i];
        return gradient === null || input === undefined ? [] : [{ gradient, input, i }];
      });
      const found = grad(
        result,
        wanted.map(({ input }) => input),
        { gradOutputs: [tensor(dy)] },
      );
      wanted.forEach(({ gradient, i }, place) => expectClose(found[place], gradient, `gradient of input ${i}`));
      module.dispose();
    },
  );
});
