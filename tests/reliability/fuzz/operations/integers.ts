import type { Draw } from "../program/draw.js";
import type { DType } from "../program/program.js";
import { broadcastShape } from "../reference/shapes.js";
import { companion } from "./binary.js";
import type { Operation } from "./operation.js";

/** Whole numbers and truth values: tfjs' cpu backend is the judge, to the bit. */
const pair =
  (name: string, dtype: DType, result: DType): Operation =>
  (draw) => {
    const [a, b] = twoOf(draw, dtype);
    return {
      name: `${name} ${dtype}`,
      code: `tf.${name}($0, $1)`,
      inputs: [a.index, b.index],
      shape: a.shape,
      dtype: result,
      isElementwise: true,
    };
  };

function twoOf(draw: Draw, dtype: DType): [ReturnType<Draw["input"]>, ReturnType<Draw["input"]>] {
  const a = draw.input({ dtype });
  return [a, draw.input({ dtype, shape: a.shape })];
}

const cast =
  (from: DType, to: DType): Operation =>
  (draw) => {
    // Numbers beyond int32 have no agreed integer.
    const x = draw.input(
      from === "float32"
        ? { dtype: from, kinds: ["normal", "whole", "positive", "offset", "zeros"], isFresh: true }
        : { dtype: from },
    );
    return {
      name: `cast ${from} to ${to}`,
      code: `tf.cast($0, "${to}")`,
      inputs: [x.index],
      shape: x.shape,
      dtype: to,
      isElementwise: true,
    };
  };

const reduction =
  (name: string, dtype: DType, result: DType): Operation =>
  (draw) => {
    const x = draw.input({ dtype, rank: [1, 4] });
    const axes = draw.axes(x.shape);
    return {
      name: `${name} ${dtype}`,
      code: `tf.${name}($0, [${axes.join(", ")}])`,
      inputs: [x.index],
      shape: x.shape.filter((_, axis) => !axes.includes(axis)),
      dtype: result,
    };
  };

const argument =
  (name: string): Operation =>
  (draw) => {
    const x = draw.input({ rank: [1, 4], kinds: ["normal", "whole", "ones", "wide", "finiteSpecial"], isFresh: true });
    const axis = draw.axis(x.shape);
    return {
      name,
      code: `tf.${name}($0, ${axis})`,
      inputs: [x.index],
      shape: x.shape.filter((_, i) => i !== axis),
      dtype: "int32",
    };
  };

const test =
  (name: string): Operation =>
  (draw) => {
    const x = draw.input();
    return { name, code: `tf.${name}($0)`, inputs: [x.index], shape: x.shape, dtype: "bool", isElementwise: true };
  };

const remainder: Operation = (draw) => {
  const a = draw.input({ kinds: ["normal", "whole", "offset", "positive"], isFresh: true });
  const b = companion(draw, a, ["positive"]);
  return {
    name: "floorDiv",
    code: "tf.floorDiv($0, $1)",
    inputs: [a.index, b.index],
    shape: broadcastShape(a.shape, b.shape),
    dtype: "int32",
    isElementwise: true,
  };
};

export const INTEGERS: readonly Operation[] = [
  ...["add", "sub", "mul", "maximum", "minimum", "floorDiv", "mod", "squaredDifference"].map((name) =>
    pair(name, "int32", "int32"),
  ),
  ...["less", "greaterEqual", "equal", "notEqual"].map((name) => pair(name, "int32", "bool")),
  ...["logicalAnd", "logicalOr"].map((name) => pair(name, "bool", "bool")),
  cast("int32", "float32"),
  cast("bool", "float32"),
  cast("float32", "int32"),
  cast("bool", "int32"),
  cast("float32", "bool"),
  reduction("sum", "int32", "int32"),
  reduction("max", "int32", "int32"),
  reduction("min", "int32", "int32"),
  reduction("prod", "int32", "int32"),
  reduction("sum", "bool", "int32"),
  reduction("any", "bool", "bool"),
  reduction("all", "bool", "bool"),
  argument("argMax"),
  argument("argMin"),
  test("isNaN"),
  test("isFinite"),
  test("isInf"),
  remainder,
];
