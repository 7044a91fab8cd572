import type { Bounded } from "./bounded.js";
import { binary, unary, type BinaryRule } from "./elementwise.js";
import { gatherBy } from "./index-maps.js";
import { broadcastMap, broadcastShape, sizeOf } from "./shapes.js";

const RULES = {
  add: { f: (a, b) => a + b, carried: (_a, _b, ea, eb) => ea + eb, slopes: () => [1, 1], slopeUlps: 0 },
  sub: { f: (a, b) => a - b, carried: (_a, _b, ea, eb) => ea + eb, slopes: () => [1, -1], slopeUlps: 0 },
  mul: {
    f: (a, b) => a * b,
    carried: (a, b, ea, eb) => Math.abs(a) * eb + Math.abs(b) * ea + ea * eb,
    slopes: (a, b) => [b, a],
    slopeUlps: 0.5,
  },
  div: {
    f: (a, b) => a / b,
    carried: (a, b, ea, eb) =>
      Math.abs(b) > eb ? (ea + Math.abs(a / b) * eb) / (Math.abs(b) - eb) : Number.POSITIVE_INFINITY,
    slopes: (a, b) => [1 / b, -a / (b * b)],
  },
} satisfies Record<string, BinaryRule>;

export function broadcastTo(x: Bounded, shape: readonly number[]): Bounded {
  if (x.shape.length === shape.length && x.shape.every((length, i) => length === shape[i])) return x;
  return gatherBy(x, broadcastMap(x.shape, shape), shape);
}

/** Applies a rule to operands that broadcast. */
export function broadcastBinary(a: Bounded, b: Bounded, rule: BinaryRule): Bounded {
  const shape = broadcastShape(a.shape, b.shape);
  return binary(broadcastTo(a, shape), broadcastTo(b, shape), rule);
}

export function add(a: Bounded, b: Bounded): Bounded {
  return broadcastBinary(a, b, RULES.add);
}

export function sub(a: Bounded, b: Bounded): Bounded {
  return broadcastBinary(a, b, RULES.sub);
}

export function mul(a: Bounded, b: Bounded): Bounded {
  return broadcastBinary(a, b, RULES.mul);
}

export function div(a: Bounded, b: Bounded): Bounded {
  return broadcastBinary(a, b, RULES.div);
}

/** x · factor, rounded once. */
export function scale(x: Bounded, factor: number): Bounded {
  return unary(x, {
    f: (value) => value * factor,
    slope: () => factor,
    ulps: factor === 1 || factor === -1 ? 0 : 1,
    slopeUlps: factor === 1 || factor === -1 ? 0 : 1,
  });
}

/** x + term, rounded once. */
export function shift(x: Bounded, term: number): Bounded {
  return unary(x, { f: (value) => value + term, slope: () => 1, ulps: term === 0 ? 0 : 0.5, slopeUlps: 0 });
}

export function reshape(x: Bounded, shape: readonly number[]): Bounded {
  if (sizeOf(shape) !== x.size)
    throw new RangeError(`the reference reshapes ${x.shape.join("×")} to ${shape.join("×")}`);
  return gatherBy(
    x,
    Int32Array.from({ length: x.size }, (_, i) => i),
    shape,
  );
}
