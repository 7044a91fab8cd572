import { describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import type { ReduceOp } from "../../collectives/collective.js";
import { TravellingTensor } from "./pack-value.js";

/**
 * Reduces the numbers and tensors of trees that ranks have sent, in rank order. Everything else stays as rank `own` has
 * it.
 * @throws MisconfigurationError where the trees differ in shape
 */
export function reduceValues(ranks: readonly unknown[], op: ReduceOp, own: number, name: string): unknown {
  const mine = ranks[own];
  const all = (isKind: (value: unknown) => boolean): boolean => ranks.every(isKind);
  if (typeof mine === "number") {
    if (!all((value) => typeof value === "number")) throw different(name, ranks);
    return reduceNumbers(ranks.map(Number), op);
  }
  if (mine instanceof TravellingTensor) return reduceTensors(ranks, mine, op, name);
  if (Array.isArray(mine)) {
    if (!all((value) => Array.isArray(value) && value.length === mine.length)) throw different(name, ranks);
    return mine.map((_, index) =>
      reduceValues(
        ranks.map((value) => partOf(value, index)),
        op,
        own,
        name,
      ),
    );
  }
  if (!isPlainObject(mine)) return mine;
  const keys = Object.keys(mine);
  if (
    !all(
      (value) => isPlainObject(value) && Object.keys(value).length === keys.length && keys.every((key) => key in value),
    )
  )
    throw different(name, ranks);
  return Object.fromEntries(
    keys.map((key) => [
      key,
      reduceValues(
        ranks.map((value) => partOf(value, key)),
        op,
        own,
        name,
      ),
    ]),
  );
}

/**
 * The same trees with a new first dimension: tensors and arrays of numbers of all ranks in one, other collections part
 * by part.
 * @throws MisconfigurationError where the trees or the tensors' shapes differ
 */
export function stackValues(ranks: readonly unknown[], own: number, name: string): unknown {
  const mine = ranks[own];
  if (mine instanceof TravellingTensor) return stackTensors(ranks, mine, name);
  if (isCollection(mine) && !isNumeric(mine)) {
    if (Array.isArray(mine))
      return mine.map((_, index) =>
        stackValues(
          ranks.map((value) => partOf(value, index)),
          own,
          name,
        ),
      );
    return Object.fromEntries(
      Object.keys(mine).map((key) => [
        key,
        stackValues(
          ranks.map((value) => partOf(value, key)),
          own,
          name,
        ),
      ]),
    );
  }
  return [...ranks];
}

function isCollection(value: unknown): value is unknown[] | Record<string, unknown> {
  return Array.isArray(value) || isPlainObject(value);
}

/** Numbers in arrays, however deep: what is one array of numbers in Python. */
function isNumeric(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number" || isNumeric(each));
}

function partOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isPlainObject(value) ? value[key] : undefined;
}

function reduceTensors(
  ranks: readonly unknown[],
  mine: TravellingTensor,
  op: ReduceOp,
  name: string,
): TravellingTensor {
  const tensors = sameTensors(ranks, mine, name);
  const isWhole = mine.dtype !== "float32" && op !== "mean";
  const values = isWhole ? new Int32Array(mine.values.length) : new Float32Array(mine.values.length);
  for (let i = 0; i < values.length; i += 1)
    values[i] = reduceNumbers(
      tensors.map((tensor) => tensor.values[i] ?? 0),
      op,
    );
  return new TravellingTensor(values, mine.shape, isWhole ? "int32" : "float32");
}

function stackTensors(ranks: readonly unknown[], mine: TravellingTensor, name: string): TravellingTensor {
  const tensors = sameTensors(ranks, mine, name);
  const { length } = mine.values;
  const Numbers = mine.dtype === "float32" ? Float32Array : mine.dtype === "int32" ? Int32Array : Uint8Array;
  const values = new Numbers(length * tensors.length);
  for (const [rank, tensor] of tensors.entries()) values.set(tensor.values, rank * length);
  return new TravellingTensor(values, [tensors.length, ...mine.shape], mine.dtype);
}

function sameTensors(ranks: readonly unknown[], mine: TravellingTensor, name: string): TravellingTensor[] {
  const tensors = ranks.filter((value) => value instanceof TravellingTensor);
  const isSame = tensors.every(({ dtype, shape }) => dtype === mine.dtype && String(shape) === String(mine.shape));
  if (tensors.length < ranks.length || !isSame) throw different(name, ranks);
  return tensors;
}

function reduceNumbers(numbers: readonly number[], op: ReduceOp): number {
  switch (op) {
    case "sum":
    case "mean": {
      const sum = numbers.reduce((left, right) => left + right, 0);
      return op === "sum" ? sum : sum / numbers.length;
    }
    case "product":
      return numbers.reduce((left, right) => left * right, 1);
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
    default:
      return op satisfies never;
  }
}

function different(name: string, ranks: readonly unknown[]): MisconfigurationError {
  const inWords = (value: unknown): string =>
    value instanceof TravellingTensor ? `a tensor of ${value.dtype} [${value.shape.join(", ")}]` : describeValue(value);
  return new MisconfigurationError({
    code: "LIT_COLLECTIVE_VALUE",
    message: `Ranks gave values of different kinds to "${name}".`,
    expected: "the same collections, shapes and types on every rank",
    received: ranks.map((value, rank) => `rank ${rank}: ${inWords(value)}`).join("; "),
  });
}
