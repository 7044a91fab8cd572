import { tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Divides as numbers are divided, also where both are whole; tfjs would drop what is left over. */
const div: Binary = (a, b) => tf.div(asFloats(a), asFloats(b));

const floorDiv: Binary = (a, b) => wholeIfBothAre(a, b, tf.floor(div(a, b)));

const pow: Binary = (a, b) => wholeIfBothAre(a, b, tf.pow(asFloats(a), asFloats(b)));

const matMul: Binary = (a, b) => {
  const [x, y] = [asFloats(a), asFloats(b)];
  return wholeIfBothAre(a, b, x.rank <= 2 && y.rank <= 2 ? tf.dot(x, y) : tf.matMul(x, y));
};

function wholeIfBothAre(a: tf.Tensor, b: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return a.dtype === "float32" || b.dtype === "float32" ? value : tf.cast(value, "int32");
}

const asBool = (x: tf.Tensor) => tf.cast(x, "bool");

/** What can be done with two values. */
export const binaryOperations = {
  ...{ add: tf.add<tf.Tensor>, sub: tf.sub<tf.Tensor>, mul: tf.mul<tf.Tensor>, mod: tf.mod<tf.Tensor> },
  ...{ div, floorDiv, pow, matMul },
  ...{ equal: tf.equal<tf.Tensor>, notEqual: tf.notEqual<tf.Tensor> },
  ...{ greater: tf.greater<tf.Tensor>, greaterEqual: tf.greaterEqual<tf.Tensor> },
  ...{ less: tf.less<tf.Tensor>, lessEqual: tf.lessEqual<tf.Tensor> },
  logicalAnd: (a: tf.Tensor, b: tf.Tensor) => tf.logicalAnd(asBool(a), asBool(b)),
  logicalOr: (a: tf.Tensor, b: tf.Tensor) => tf.logicalOr(asBool(a), asBool(b)),
  logicalXor: (a: tf.Tensor, b: tf.Tensor) => tf.logicalXor(asBool(a), asBool(b)),
} satisfies Record<string, Binary>;

/** What can be done with one value. */
export const unaryOperations = {
  abs: (x: tf.Tensor) => tf.abs(x),
  neg: (x: tf.Tensor) => tf.neg(x),
  logicalNot: (x: tf.Tensor) => tf.logicalNot(asBool(x)),
};

export type BinaryOperation = keyof typeof binaryOperations;
export type UnaryOperation = keyof typeof unaryOperations;
