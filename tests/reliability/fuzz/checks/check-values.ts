import { addParts, Bounded, pullBack, type Parts } from "../reference/bounded.js";
import type { Call, Program } from "../program/program.js";
import { firstOutside } from "./compare.js";
import { Finding } from "./finding.js";
import { seedOf, type Numbers, type RunResult } from "./run-program.js";

/**
 * Judges every call by itself: its float64 reference works on the very numbers that the engine read, so that no error
 * is carried from one call to the next and every bound is that of one call. Gradients the same way: what the engine
 * says flows into a call's result gives what must flow out of it.
 * @throws Finding
 */
export function checkValues(program: Program, { values, gradients }: RunResult): void {
  const flows = new Map<number, { parts: Parts; from: string[] }>();
  for (const index of [...program.entries.keys()].toReversed()) {
    const entry = program.entries[index]!;
    if (entry.dtype === "float32" && !program.outputs.includes(index))
      checkGradient(program, index, gradients.get(index), flows.get(index));
    if (entry.kind !== "call" || entry.reference === undefined) continue;
    const inputs = entry.inputs.map((input) => exact(values.get(input)!, program.entries[input]!.shape));
    const distinct = inputs.map((bounded, i) => inputs[entry.inputs.indexOf(entry.inputs[i]!)] ?? bounded);
    const result = entry.reference(distinct);
    const outside = firstOutside(values.get(index)!, result);
    if (outside !== undefined)
      throw new Finding("value", index, entry.name, `the value of t${index}, ${entry.name}: ${outside}`);
    const incoming = incomingGradient(program, index, gradients);
    if (incoming === undefined) continue;
    collect(flows, entry, distinct, pullBack(result, exact(incoming, entry.shape), distinct));
  }
}

function incomingGradient(program: Program, index: number, gradients: RunResult["gradients"]): Numbers | undefined {
  if (program.entries[index]!.dtype !== "float32") return undefined;
  if (program.outputs.includes(index)) return seedOf(program, index);
  return gradients.get(index) ?? undefined;
}

function collect(
  flows: Map<number, { parts: Parts; from: string[] }>,
  entry: Call,
  inputs: readonly Bounded[],
  pulled: readonly (Parts | undefined)[],
): void {
  const seen = new Set<Bounded>();
  entry.inputs.forEach((input, i) => {
    const part = pulled[i];
    // An operand that is used twice has its gradients added already.
    if (part === undefined || seen.has(inputs[i]!)) return;
    seen.add(inputs[i]!);
    const before = flows.get(input);
    flows.set(
      input,
      before === undefined
        ? { parts: part, from: [entry.name] }
        : { parts: addParts(before.parts, part), from: [...before.from, entry.name] },
    );
  });
}

function checkGradient(
  program: Program,
  index: number,
  actual: Numbers | null | undefined,
  flow: { parts: Parts; from: string[] } | undefined,
): void {
  if (actual === undefined) return;
  // Calls that the cpu backend judges alone have no reference, and let none through.
  const users = program.entries.filter((entry) => entry.kind === "call" && entry.inputs.includes(index));
  if (users.some((entry) => entry.kind === "call" && entry.reference === undefined && entry.dtype === "float32"))
    return;
  if (flow === undefined) {
    if (actual !== null && actual.some((value) => value !== 0))
      throw new Finding("gradient", index, operationsOf(users), `a gradient flows into t${index} from nowhere`);
    return;
  }
  const found = actual ?? new Float32Array(flow.parts.values.length);
  const outside = firstOutside(found, flow.parts);
  if (outside !== undefined)
    throw new Finding(
      "gradient",
      index,
      flow.from.join(" + "),
      `the gradient of t${index} through ${flow.from.join(" + ")}: ${outside}`,
    );
}

function operationsOf(users: Program["entries"]): string {
  return users.map((entry) => (entry.kind === "call" ? entry.name : "leaf")).join(" + ");
}

function exact(numbers: Numbers, shape: readonly number[]): Bounded {
  return new Bounded(shape, Float64Array.from(numbers));
}
