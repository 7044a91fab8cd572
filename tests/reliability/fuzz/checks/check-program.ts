import type { Program } from "../program/program.js";
import { checkAgainstCpu } from "./check-against-cpu.js";
import { checkValues } from "./check-values.js";
import { firstDifference } from "./compare.js";
import { Finding, type FindingKind } from "./finding.js";
import { makeLeaves, runProgram, type Numbers, type RunResult, type Variant } from "./run-program.js";

/**
 * Everything that must hold of one program on the engine: it runs, gives the same bits when it runs again, when tensors
 * are read on the way, and with other layouts, and every number is within its bound.
 * @returns a digest of all results, to compare between numbers of threads; undefined for programs with products, whose
 *   bits may differ
 * @throws Finding
 */
export async function checkProgram(program: Program): Promise<Digest | undefined> {
  const leaves = makeLeaves(program.entries);
  const run = (variant: Variant): RunResult => running(program, leaves, variant);
  const plain = run({});
  expectSame(program, "repeat", plain, run({}), "The same program twice");
  const everything = run({ isEverythingShown: true });
  checkValues(program, everything);
  expectSame(program, "read", plain, everything, "With every tensor read at the end");
  expectSame(program, "read", plain, run({ isRead: (entry) => entry % 2 === 1 }), "With reads on the way");
  if (isAboutLayout(program))
    expectSame(
      program,
      "layout",
      withoutSums(program, plain),
      run({ isTransposed: true }),
      "With transposes around elementwise calls",
    );
  await checkAgainstCpu(program, everything);
  return program.entries.some((entry) => entry.kind === "call" && entry.dependsOnThreads === true)
    ? undefined
    : digestOf(plain);
}

/** Sums in another layout may add in another order; where there are none, no bit may change. */
function isAboutLayout({ entries }: Program): boolean {
  const calls = entries.filter((entry) => entry.kind === "call");
  return (
    calls.some(({ isElementwise }) => isElementwise === true) &&
    calls.every(
      ({ isElementwise, inputs, shape }) =>
        isElementwise === true &&
        inputs.every(
          (input) =>
            entries[input]!.shape.length === shape.length &&
            entries[input]!.shape.every((length, i) => length === shape[i]),
        ),
    )
  );
}

/**
 * Without the gradients of tensors that several calls use: transposes between them and a call that uses its operand
 * twice (silu) say in which order these gradients are added.
 */
function withoutSums({ entries }: Program, { values, gradients }: RunResult): RunResult {
  const uses = entries.flatMap((entry) => (entry.kind === "call" ? entry.inputs : []));
  return {
    values,
    gradients: new Map([...gradients].filter(([index]) => uses.filter((use) => use === index).length === 1)),
  };
}

function running(program: Program, leaves: ReadonlyMap<number, Numbers>, variant: Variant): RunResult {
  try {
    return runProgram(program, leaves, variant);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Finding("throws", program.outputs[0] ?? 0, message.replaceAll(/[\d\s,]+/g, " ").slice(0, 60), message);
  }
}

function expectSame(program: Program, kind: FindingKind, expected: RunResult, actual: RunResult, what: string): void {
  for (const [index, values] of expected.values) {
    const difference = firstDifference(actual.values.get(index), values);
    if (difference !== undefined)
      throw new Finding(kind, index, nameOf(program, index), `${what}, the value of t${index} changes: ${difference}`);
  }
  for (const [index, gradient] of expected.gradients) {
    const difference = firstDifference(actual.gradients.get(index), gradient);
    if (difference !== undefined)
      throw new Finding(
        kind,
        index,
        usersOf(program, index),
        `${what}, the gradient of t${index} changes: ${difference}`,
      );
  }
}

function nameOf(program: Program, index: number): string {
  const entry = program.entries[index]!;
  return entry.kind === "call" ? entry.name : "leaf";
}

function usersOf({ entries }: Program, index: number): string {
  return `gradient of ${entries.flatMap((entry) => (entry.kind === "call" && entry.inputs.includes(index) ? [entry.name] : [])).join(" + ")}`;
}

/** A number for every result, which stands for its bits. */
export type Digest = Readonly<Record<string, number>>;

function digestOf({ values, gradients }: RunResult): Digest {
  return Object.fromEntries([
    ...[...values].map(([index, numbers]) => [`value of t${index}`, hashOf(numbers)]),
    ...[...gradients].map(([index, numbers]) => [`gradient of t${index}`, hashOf(numbers ?? new Float32Array(0))]),
  ]);
}

/** FNV-1a over the bits; NaNs and zeros of either sign count as one. */
function hashOf(numbers: Numbers): number {
  let hash = 0x811c9dc5;
  const bits = new Float32Array(1);
  const word = new Uint32Array(bits.buffer);
  for (const value of numbers) {
    bits[0] = Number.isNaN(value) ? Number.NaN : value + 0;
    hash = Math.imul(hash ^ word[0]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
