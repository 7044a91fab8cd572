import { sizeOf } from "../reference/shapes.js";
import type { Leaf, Program } from "./program.js";
import { compileValues, RANDOM_TEXT } from "./values.js";

export interface PrintOptions {
  readonly threads: number;
  /** What is read at the end: entries, or gradients of the entries. */
  readonly shown: readonly { readonly entry: number; readonly isGradient: boolean }[];
  readonly comment: string;
}

/** The program as TypeScript that runs by itself. */
export function printProgram({ entries, outputs }: Program, { threads, shown, comment }: PrintOptions): string {
  const name = (index: number): string => `t${index}`;
  const body = entries.map((entry, index) => {
    const code =
      entry.kind === "leaf"
        ? leafText(entry)
        : entry.code.replaceAll(/\$(\d+)/g, (_, place: string) => name(entry.inputs[Number(place)]!));
    return `const ${name(index)} = ${code};${entry.kind === "call" ? ` // ${entry.dtype} [${entry.shape.join(", ")}]` : ""}`;
  });
  const gradients = shown.filter(({ isGradient }) => isGradient);
  const roots = outputs.filter((index) => entries[index]!.dtype === "float32");
  if (gradients.length > 0) {
    const seeds = roots.map((index) =>
      leafText({ kind: "leaf", shape: entries[index]!.shape, dtype: "float32", text: seedText(index) }),
    );
    body.push(
      `const gradients = grad([${roots.map(name).join(", ")}], [${gradients.map(({ entry }) => name(entry)).join(", ")}], { gradOutputs: [${seeds.join(", ")}], allowUnused: true });`,
    );
    gradients.forEach(({ entry }, i) =>
      body.push(`console.log("gradient of ${name(entry)}", gradients[${i}]?.dataSync());`),
    );
  }
  for (const { entry, isGradient } of shown)
    if (!isGradient) body.push(`console.log("${name(entry)}", ${name(entry)}.dataSync());`);
  const usesRandom = body.some((line) => line.includes("random("));
  return [
    ...comment.split("\n").map((line) => `// ${line}`),
    'import { F, grad, resolveBackend, tensorScope, tf } from "lightning-ts/core";',
    `await resolveBackend("onnxruntime", { threads: ${threads} });`,
    ...(usesRandom ? [RANDOM_TEXT] : []),
    "using scope = tensorScope();",
    ...body,
  ].join("\n");
}

/** The gradient that flows into an output. */
export function seedText(output: number): string {
  return `1 - 2 * random(i, ${1000 + output})`;
}

const MOST_LITERALS = 16;

function leafText({ shape, dtype, text }: Leaf): string {
  const size = sizeOf(shape);
  const valueAt = compileValues(text);
  const literal = `[${Array.from({ length: Math.min(size, MOST_LITERALS) }, (_, i) => printNumber(valueAt(i), dtype)).join(", ")}]`;
  const array = dtype === "float32" ? "Float32Array" : "Int32Array";
  const values = size <= MOST_LITERALS ? literal : `${array}.from({ length: ${size} }, (_, i) => ${text})`;
  return `tf.tensor(${values}, [${shape.join(", ")}], "${dtype}")`;
}

function printNumber(value: number, dtype: string): string {
  return Object.is(value, -0) ? "-0" : String(dtype === "float32" ? Math.fround(value) : value);
}
