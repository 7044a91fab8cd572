import { readdirSync, readFileSync } from "node:fs";
import { isPlainObject, mapTree, tf } from "@lightning-ts/core";
import { expect } from "vitest";

/** A tensor as the recorder writes it; JSON has no word for NaN and infinities. */
interface RecordedTensor {
  readonly shape: number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly values: (number | "NaN" | "Infinity" | "-Infinity")[];
}

/** What `tests/parity/metric_recorder.py` says of one metric with one set of options. */
export interface RecordedCase {
  readonly metric: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The metric that a wrapper is given. */
  readonly base?: Pick<RecordedCase, "metric" | "options">;
  /** What is computed with the metric, and with which other metrics, tensors or numbers. */
  readonly operation?: string;
  readonly others?: readonly unknown[];
  readonly note?: string;
  readonly updates: readonly (readonly unknown[])[];
  readonly expected?: unknown;
  readonly each?: readonly unknown[];
  readonly functional?: {
    readonly name: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly whole?: unknown;
    readonly each?: readonly unknown[];
  };
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly tolerance?: number;
  /** Whether the order of batches counts, so that two ranks' are not those of one. */
  readonly oneRank?: boolean;
}

/** A fixture: cases name their batches by number. */
interface RecordedFile {
  readonly batches: readonly (readonly (readonly unknown[])[])[];
  readonly cases: readonly (Omit<RecordedCase, "updates"> & { readonly updates: number })[];
}

/** Float32 sums of a few hundred terms in another order than PyTorch's. */
// see above
const TOLERANCE = 1e-5;

/** All cases of all families: `src/<family>/fixtures/*.json`. */
export function recordedCases(): (RecordedCase & { readonly title: string })[] {
  const src = new URL(".", import.meta.url).pathname;
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) =>
    /^[\w-]+\/fixtures\/[\w-]+\.json$/.test(path),
  );
  return files.toSorted().flatMap((path) => {
    const { batches, cases } = JSON.parse(readFileSync(`${src}/${path}`, "utf8")) as RecordedFile;
    return cases.map((recorded, i) => {
      const updates = batches[recorded.updates];
      if (updates === undefined) throw new Error(`${path} has no batches ${recorded.updates}`);
      return { ...recorded, updates, title: titleOf(recorded, i) };
    });
  });
}

type Titled = Pick<RecordedCase, "metric" | "options" | "note" | "base" | "operation">;

function titleOf({ metric, options, note, base, operation }: Titled, index: number): string {
  const given = Object.keys(options).length === 0 ? "" : ` ${JSON.stringify(options).slice(0, 80)}`;
  return `${metric}${operation === undefined ? "" : `.${operation}`}${base === undefined ? "" : ` of ${base.metric}`}${given}${note === undefined ? "" : `, ${note}`} (${index})`;
}

function isRecordedTensor(value: unknown): value is RecordedTensor {
  return isPlainObject(value) && "values" in value && "dtype" in value;
}

/** Recorded values with tensors in the place of what stands for them; `null` is an option that is not given. */
export function decoded(value: unknown): unknown {
  if (isRecordedTensor(value)) return tf.tensor(value.values.map(Number), value.shape, value.dtype);
  if (Array.isArray(value)) return value.map(decoded);
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return value === null ? undefined : value;
}

/** @throws where a value is not the recorded one: names the element */
export function expectRecorded(actual: unknown, expected: unknown, what: string, tolerance = TOLERANCE): void {
  if (isRecordedTensor(expected)) return expectTensor(actual, expected, what, tolerance);
  if (Array.isArray(expected)) {
    expect(actual, what).toHaveLength(expected.length);
    expected.forEach((part, i) => expectRecorded((actual as unknown[])[i], part, `${what}[${i}]`, tolerance));
  } else if (isPlainObject(expected)) {
    expect(Object.keys(actual as object).toSorted(), what).toEqual(Object.keys(expected).toSorted());
    for (const [key, part] of Object.entries(expected))
      expectRecorded((actual as Record<string, unknown>)[key], part, `${what}.${key}`, tolerance);
  } else if (typeof expected === "number") expect(actual, what).toBeCloseTo(expected, 5);
  else expect(actual, what).toEqual(decoded(expected));
}

function expectTensor(actual: unknown, expected: RecordedTensor, what: string, tolerance: number): void {
  const received = actual instanceof tf.Tensor ? actual : tf.scalar(Number(actual));
  expect(received.shape, what).toEqual(expected.shape);
  const values = received.dataSync();
  expected.values.map(Number).forEach((value, i) => {
    const found = values[i] ?? Number.NaN;
    const isClose = Object.is(found, value) || Math.abs(found - value) <= tolerance * Math.max(1, Math.abs(value));
    if (!isClose && found !== value) throw new Error(`${what}[${i}]: expected ${value}, received ${found}`);
  });
}

/** Copies of all tensors on the host, as a checkpoint has them. */
export function onHost<TTree>(value: TTree): TTree {
  return mapTree(value, (leaf) =>
    leaf instanceof tf.Tensor ? { values: leaf.dataSync().slice(), shape: [...leaf.shape] } : leaf,
  ) as TTree;
}
