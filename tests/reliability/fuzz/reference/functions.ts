import { LARGEST } from "./bounded.js";
import { erf } from "./erf.js";
import type { UnaryRule } from "./elementwise.js";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const normalBelow = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));
const logistic = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
/** ONNX Runtime's sigmoid is a quotient of polynomials on [-18, 18]: its error is relative to its largest value, 1. */
const OF_SIGMOID = 2 ** -22;
const [EXACT, STEP] = [{ ulps: 0, slopeUlps: 0 }, { ulps: 0 }];
/** tanh(√(2/π) (x + 0.044715 x³)), the inner part of gelu's approximation. */
const geluInner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const crosses =
  (...points: number[]) =>
  (x: number, error: number): boolean =>
    points.some((point) => Math.abs(x - point) <= error);
const crossesWhole = (x: number, error: number): boolean => Math.floor(x - error) !== Math.floor(x + error);
const crossesHalf = (x: number, error: number): boolean => crossesWhole(x + 0.5, error);

function roundToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * Functions of one number. The units in the last place are what the OpenCL C specification (full profile, single
 * precision) allows for each; compositions add those of their parts. Where a formula takes a difference, the error is
 * absolute in what the difference is taken from.
 */
export const FUNCTIONS = {
  neg: { f: (x) => -x, slope: () => -1, ...EXACT },
  abs: { f: Math.abs, slope: (x) => Math.sign(x), ...EXACT, jumps: crosses(0) },
  square: { f: (x) => x * x, slope: (x) => 2 * x },
  sqrt: { f: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x), ulps: 3 },
  rsqrt: { f: (x) => 1 / Math.sqrt(x), slope: (x) => -0.5 * x ** -1.5, ulps: 4 },
  reciprocal: { f: (x) => 1 / x, slope: (x) => -1 / (x * x) },
  exp: { f: Math.exp, slope: Math.exp, ulps: 3 },
  expm1: { f: Math.expm1, slope: Math.exp, ulps: 3 },
  log: { f: Math.log, slope: (x) => 1 / x, ulps: 3 },
  log1p: { f: Math.log1p, slope: (x) => 1 / (1 + x), ulps: 2, slopeScale: (x) => (1 + Math.abs(x)) / (1 + x) ** 2 },
  sin: { f: Math.sin, slope: Math.cos, ulps: 4, absolute: (x) => tiny(x), slopeScale: () => 1 },
  cos: { f: Math.cos, slope: (x) => -Math.sin(x), ulps: 4, absolute: (x) => tiny(x), slopeScale: () => 1 },
  tan: {
    f: Math.tan,
    slope: (x) => 1 / Math.cos(x) ** 2,
    ulps: 5,
    absolute: (x) => tiny(x) / Math.cos(x) ** 2,
    slopeScale: (x) => 2 / Math.abs(Math.cos(x)) ** 3,
  },
  asin: {
    f: Math.asin,
    slope: (x) => 1 / Math.sqrt(1 - x * x),
    ulps: 4,
    slopeScale: (x) => 1 / Math.sqrt(1 - x * x) ** 3,
  },
  acos: {
    f: Math.acos,
    slope: (x) => -1 / Math.sqrt(1 - x * x),
    ulps: 4,
    slopeScale: (x) => 1 / Math.sqrt(1 - x * x) ** 3,
  },
  atan: { f: Math.atan, slope: (x) => 1 / (1 + x * x), ulps: 5 },
  sinh: { f: Math.sinh, slope: Math.cosh, ulps: 4 },
  cosh: { f: Math.cosh, slope: Math.sinh, ulps: 4 },
  tanh: { f: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2, ulps: 5, slopeScale: () => 1, slopeUlps: 12 },
  asinh: {
    f: Math.asinh,
    slope: (x) => 1 / Math.sqrt(1 + x * x),
    ulps: 4,
    slopeScale: (x) => squared(x) / Math.sqrt(1 + x * x),
  },
  acosh: {
    f: Math.acosh,
    slope: (x) => 1 / Math.sqrt(x * x - 1),
    ulps: 4,
    slopeScale: (x) => (Math.abs(x) * squared(x)) / Math.sqrt(x * x - 1) ** 3,
  },
  atanh: { f: Math.atanh, slope: (x) => 1 / (1 - x * x), ulps: 5, slopeScale: (x) => 1 / (1 - x * x) ** 2 },
  erf: {
    f: erf,
    slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
    ulps: 16,
    slopeScale: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * (1 + x * x),
  },
  sigmoid: {
    f: sigmoid,
    slope: (x) => sigmoid(x) * sigmoid(-x),
    ulps: 5,
    absolute: () => OF_SIGMOID,
    slopeScale: () => 1,
    slopeUlps: 12,
  },
  softplus: { f: logistic, slope: sigmoid, ulps: 8, slopeScale: () => 1 },
  logSigmoid: { f: (x) => -logistic(-x), slope: (x) => sigmoid(-x), ulps: 8, slopeScale: () => 1 },
  relu: { f: (x) => (x > 0 || Number.isNaN(x) ? x : 0), slope: (x) => (x > 0 ? 1 : 0), ...EXACT, jumps: crosses(0) },
  relu6: {
    f: (x) => Math.min(Math.max(x, 0), 6),
    slope: (x) => (x > 0 && x < 6 ? 1 : 0),
    ...EXACT,
    jumps: crosses(0, 6),
  },
  elu: { f: (x) => (x > 0 ? x : Math.expm1(x)), slope: (x) => (x > 0 ? 1 : Math.exp(x)), ulps: 8, slopeScale: () => 1 },
  selu: {
    f: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    slope: (x) => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
    ulps: 10,
    slopeScale: () => SELU_SCALE * SELU_ALPHA,
    jumps: crosses(0),
  },
  silu: {
    f: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
    ulps: 7,
    absolute: (x) => Math.abs(x) * OF_SIGMOID,
    slopeScale: (x) => 1 + Math.abs(x),
    slopeUlps: 20,
  },
  gelu: {
    f: (x) => x * normalBelow(x),
    slope: (x) => normalBelow(x) + x * normalDensity(x),
    absolute: (x) => 20 * 2 ** -24 * Math.abs(x),
    ulps: 4,
    slopeScale: (x) => 1 + Math.abs(x * normalDensity(x)) * (1 + x * x),
    slopeUlps: 20,
  },
  geluTanh: {
    f: (x) => 0.5 * x * (1 + Math.tanh(geluInner(x))),
    slope: geluTanhSlope,
    absolute: (x) => 12 * 2 ** -24 * Math.abs(x),
    ulps: 8,
    slopeScale: (x) => (x * x > LARGEST ? Number.POSITIVE_INFINITY : 1 + Math.min(Math.abs(x) ** 3, 30)),
    slopeUlps: 20,
  },
  sign: { f: (x) => Math.sign(x) || 0, slope: () => 0, ...STEP, slopeUlps: 0, jumps: crosses(0) },
  floor: { f: Math.floor, slope: () => 0, ...STEP, slopeUlps: 0, jumps: crossesWhole },
  ceil: { f: Math.ceil, slope: () => 0, ...STEP, slopeUlps: 0, jumps: crossesWhole },
  round: { f: roundToEven, slope: () => 0, ...STEP, slopeUlps: 0, jumps: crossesHalf },
} satisfies Record<string, UnaryRule>;

/** A formula with x² in it may give anything where x² is past float32's range. */
function squared(x: number): number {
  return x * x > LARGEST ? Number.POSITIVE_INFINITY : Math.max(1, Math.abs(x));
}

/** Reducing the argument of a periodic function leaves an absolute error of its last place. */
function tiny(x: number): number {
  return Math.min(Math.abs(x), 1) * 2 ** -24 + Math.abs(x) * 2 ** -30;
}

function geluTanhSlope(x: number): number {
  const t = Math.tanh(geluInner(x));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
}
