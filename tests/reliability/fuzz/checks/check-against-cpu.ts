import { grad, tensorScope, tf } from "lightning-ts/core";
import { Bounded, pullBack } from "../reference/bounded.js";
import { sizeOf } from "../reference/shapes.js";
import type { Call, Program } from "../program/program.js";
import { firstDifference, firstOutside } from "./compare.js";
import { Finding } from "./finding.js";
import { compileCall, seedOf, type Numbers, type RunResult } from "./run-program.js";

/**
 * tfjs' cpu backend is plain JavaScript: calls of more elements are left to the float64 reference, where there is one.
 */
const MOST_ELEMENTS = 20_000;

/**
 * Runs each call on tfjs' cpu backend, on the numbers that the engine read. Both are float32, so that they may be twice
 * the bound apart; calls without a reference must agree to the bit.
 * @throws Finding
 */
export async function checkAgainstCpu(program: Program, result: RunResult): Promise<void> {
  const engine = tf.getBackend();
  await tf.setBackend("cpu");
  try {
    program.entries.forEach((entry, index) => {
      if (entry.kind !== "call" || entry.cpuDiffers !== undefined) return;
      const size = Math.max(sizeOf(entry.shape), ...entry.inputs.map((input) => sizeOf(program.entries[input]!.shape)));
      if (entry.reference === undefined || size <= MOST_ELEMENTS)
        saying(entry.name, index, () => compareCall(program, index, entry, result));
    });
  } finally {
    await tf.setBackend(engine);
  }
}

function saying(name: string, index: number, compare: () => void): void {
  try {
    compare();
  } catch (error) {
    if (error instanceof Finding) throw error;
    throw new Finding(
      "throws",
      index,
      `${name} on cpu`,
      `${name} on tfjs' cpu backend: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function compareCall(program: Program, index: number, call: Call, { values, gradients }: RunResult): void {
  using _scope = tensorScope();
  const numbers = call.inputs.map((input) => values.get(input)!);
  const inputs = numbers.map((own, i) => {
    const entry = program.entries[call.inputs[i]!]!;
    return tf.tensor(own, [...entry.shape], entry.dtype);
  });
  const output = compileCall(call)(...inputs);
  const onCpu = output.dataSync<"float32">() as Numbers;
  if (call.reference === undefined) {
    const difference = firstDifference(values.get(index), onCpu);
    if (difference !== undefined)
      throw new Finding(
        "cpu value",
        index,
        call.name,
        `the value of t${index}, ${call.name}, here and on tfjs' cpu backend: ${difference}`,
      );
    return;
  }
  const bounded = numbers.map((own, i) => new Bounded(inputs[i]!.shape, Float64Array.from(own)));
  const reference = call.reference(bounded);
  const outside = firstOutside(onCpu, reference, 2);
  if (outside !== undefined)
    throw new Finding(
      "cpu value",
      index,
      call.name,
      `tfjs' cpu backend disagrees with the float64 reference about t${index}, ${call.name}: ${outside}`,
    );
  const incoming = program.outputs.includes(index) ? seedOf(program, index) : gradients.get(index);
  if (call.dtype !== "float32" || incoming === undefined || incoming === null) return;
  const wanted = inputs.flatMap((input, i) => (input.dtype === "float32" ? [i] : []));
  const found = grad(
    output,
    wanted.map((i) => inputs[i]!),
    { gradOutputs: [tf.tensor(incoming, [...call.shape])], allowUnused: true },
  );
  const expected = pullBack(reference, new Bounded(call.shape, Float64Array.from(incoming)), bounded);
  wanted.forEach((i, at) => {
    const own = found[at]?.dataSync<"float32">() as Numbers | undefined;
    const parts = expected[i];
    if (parts === undefined) return;
    const wrong = firstOutside(own ?? new Float32Array(parts.values.length), parts, 2);
    if (wrong !== undefined)
      throw new Finding(
        "cpu gradient",
        index,
        call.name,
        `tfjs' cpu backend disagrees with the float64 reference about the gradient of operand ${i} of t${index}, ${call.name}: ${wrong}`,
      );
  });
}
