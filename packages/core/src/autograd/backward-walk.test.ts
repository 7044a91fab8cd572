import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { ModifiedVariableError } from "../errors/modified-variable-error.js";
import { NoGradientError } from "../errors/no-gradient-error.js";
import type { TapeNode } from "../tensor/engine-internals/tape.js";
import { tf } from "../tensor/tf.js";
import { isVariable, walkBackward } from "./backward-walk.js";
import { leadingNodes } from "./leading-nodes.js";
import { ownGradients } from "./own-gradients.js";
import { Parameter } from "./parameter.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** A node as tfjs records it; `inputs` may have some that are absent. */
function node(
  inputs: Readonly<Record<string, tf.Tensor | null | undefined>>,
  outputs: tf.Tensor[],
  gradient: unknown,
  more: Partial<TapeNode> = {},
): TapeNode {
  return { id: 1_000_000, kernelName: "Probe", inputs: Object(inputs), outputs, gradient: Object(gradient), ...more };
}

/** The gradients of some tensors of a tape, by their place in `wanted`; null where none reaches one. */
function gradientsOf(
  tape: TapeNode[],
  output: tf.Tensor,
  wanted: readonly tf.Tensor[],
  gradient = tf.onesLike(output),
) {
  const isLeaf = (tensor: tf.Tensor) => wanted.some(({ id }) => id === tensor.id);
  const { leaves, used } = walkBackward({ tape, outputs: [{ tensor: output, gradient }], isLeaf, scope: undefined });
  const found = new Map([...leaves].map(([leaf, value]) => [leaf.id, value]));
  return { gradients: wanted.map(({ id }) => [...(found.get(id)?.dataSync() ?? [])]), size: leaves.size, used };
}

const times = (factor: number) => (dys: readonly (tf.Tensor | null)[]) => ({ x: () => tf.mul(dys[0] ?? 0, factor) });

describe("a walk back through a tape", () => {
  it("passes over inputs that are absent", () => {
    const [x, y] = [tf.tensor1d([1]), tf.tensor1d([1])];
    const tape = [node({ x, bias: undefined, mask: null }, [y], times(3))];
    expect(gradientsOf(tape, y, [x])).toMatchObject({ gradients: [[3]], size: 1 });
    expect(leadingNodes(tape, [y.id])).toEqual(tape);
  });

  it("goes through the nodes that a leaf flows into, and no others", () => {
    const [x, other, a, b, sum] = [1, 2, 3, 4, 5].map((value) => tf.tensor1d([value]));
    if (!x || !other || !a || !b || !sum) throw new RangeError("five tensors");
    const ofOther = node({ x: other }, [b], () => {
      throw new Error("nobody asked for this gradient");
    });
    const ofX = node({ x }, [a], times(2));
    const both = node({ x: a, y: b }, [sum], times(1));
    const { gradients, used } = gradientsOf([ofX, ofOther, both], sum, [x]);
    expect(gradients).toEqual([[2]]);
    expect([...used]).toEqual([ofX, both]);
  });

  it("ends at integers and booleans, and goes through floats and complex numbers", () => {
    const through = (output: tf.Tensor, dtype: tf.DataType) => {
      const x = tf.tensor1d([1]);
      const middle = tf.tensor1d([1]);
      const inner = Object.defineProperty(middle, "dtype", { value: dtype });
      const tape = [node({ x }, [inner], times(2)), node({ x: inner }, [output], times(1))];
      return gradientsOf(tape, output, [x]);
    };
    for (const dtype of ["int32", "bool"] as const)
      expect(through(tf.tensor1d([1]), dtype)).toMatchObject({ gradients: [[]], size: 0, used: new Set() });
    for (const dtype of ["float32", "complex64"] as const)
      expect(through(tf.tensor1d([1]), dtype)).toMatchObject({ gradients: [[2]], size: 1 });
  });

  it("knows a gradient that is switched off from one that is missing", () => {
    const [x, middle, y] = [tf.tensor1d([1]), tf.tensor1d([1]), tf.tensor1d([1])];
    const before = node({ x }, [middle], () => {
      throw new Error("no gradient flows here");
    });
    const off = node({ x: middle }, [y], () => ({ x: undefined }));
    expect(gradientsOf([before, off], y, [x])).toMatchObject({ gradients: [[]], size: 0 });
    const missing = node({ x: middle }, [y], () => ({}));
    expect(() => gradientsOf([before, missing], y, [x])).toThrow(
      'The operation Probe has no gradient for its input "x". Try: detach()',
    );
  });

  it("says what has no gradient at all", () => {
    const [x, y] = [tf.tensor1d([1]), tf.tensor1d([1])];
    for (const gradient of [null, undefined]) {
      const tape = [{ ...node({ x }, [y], times(1)), gradient: gradient as never }];
      expect(() => gradientsOf(tape, y, [x])).toThrow(/^The operation Probe has no gradient\. Try: detach/);
      expect(() => gradientsOf(tape, y, [x])).toThrow(NoGradientError);
    }
  });

  it("says what does not fit, with every length", () => {
    const [x, y] = [tf.ones([2, 3]), tf.ones([1])];
    const tape = [node({ x }, [y], () => ({ x: () => tf.ones([3, 2]) }))];
    expect(() => gradientsOf(tape, y, [x])).toThrow("Expected float32 [2, 3]. Received float32 [3, 2].");
  });

  it("refuses a variable that was changed after a node had saved its value, and looks at nothing else", () => {
    const [w, y] = [Parameter.fromData([1], [1]), tf.tensor1d([1])];
    const run = (more: Partial<TapeNode>) => gradientsOf([node({ x: w }, [y], times(1), { id: -1, ...more })], y, [w]);
    w.setData([2]);
    const saved = [tf.tensor1d([1])];
    expect(() => run({ saved, savedInputs: ["x"] })).toThrow(ModifiedVariableError);
    expect(run({ saved, savedInputs: ["bias"] }).gradients).toEqual([[1]]);
    expect(run({ saved: [], savedInputs: ["x"] }).gradients).toEqual([[1]]);
    expect(run({ savedInputs: ["x"] }).gradients).toEqual([[1]]);
  });

  it("hands the gradient of a sum on as it is, and brings it into shape where a term was broadcast", () => {
    const [x, scalar, y] = [tf.tensor1d([1, 2]), tf.scalar(1), tf.tensor1d([1, 2])];
    const compute = () => ({ x: () => tf.tensor1d([9, 9]), s: () => tf.scalar(5) });
    const sum = node({ x, s: scalar }, [y], compute, { kernelName: "Add" });
    expect(gradientsOf([sum], y, [x, scalar]).gradients).toEqual([[1, 1], [5]]);
    const other = node({ x, s: scalar }, [y], compute);
    expect(gradientsOf([other], y, [x, scalar]).gradients).toEqual([[9, 9], [5]]);
  });
});

describe("nodes that lead to tensors", () => {
  it("are those before them, producers first, each once", () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((value) => tf.scalar(value));
    if (!a || !b || !c || !d) throw new RangeError("four tensors");
    const first = node({ x: a }, [b], undefined);
    const second = node({ x: b, y: b }, [c], undefined);
    const beside = node({ x: a }, [d], undefined);
    expect(leadingNodes([second, first, beside], [c.id, b.id])).toEqual([first, second]);
    expect(leadingNodes([first], [d.id])).toEqual([]);
  });
});

describe("gradients that are given away", () => {
  it("are tensors of their own where the caller gave one, where one occurs twice, and where one is kept", () => {
    const [once, twice, given, kept] = [1, 2, 3, 4].map((value) => tf.scalar(value));
    if (!once || !twice || !given || !kept) throw new RangeError("four tensors");
    kept.kept = true;
    const found = [once, twice, undefined, twice, given, kept];
    const own = ownGradients(found, [given, undefined]);
    expect(own[0]).toBe(once);
    for (const [i, gradient] of own.entries()) if (i > 0 && gradient) expect(gradient).not.toBe(found[i]);
    expect(own.map((gradient) => gradient?.dataSync()[0])).toEqual([1, 2, undefined, 2, 3, 4]);
    expect(own[1]).not.toBe(own[3]);
  });
});

it("a variable is one of tfjs', and nothing that only looks like one", () => {
  const [parameter, tensor] = [Parameter.fromData([1], [1]), tf.scalar(1)];
  const pretender = Object.assign(tf.scalar(1), { assign: "no method" });
  expect([parameter, tensor, pretender].map((one) => isVariable(one))).toEqual([true, false, false]);
});
