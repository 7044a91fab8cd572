import type { GraphDtype } from "../contract/graph-dtype.js";
import { constantBytes } from "../graph/constant-bytes.js";
import { isSameShape } from "../graph/value-spec.js";
import type { ModelInitializer, ModelNode } from "../onnx-model/model-description.js";
import { fitSizes, type SizeRule, type Triple } from "./fit-sizes.js";
import { isFloat, valuesOf } from "./typed-values.js";

/** ONNX's codes of the types that a size can become. */
const TYPE_CODES: Partial<Record<GraphDtype, number>> = { float32: 1, int32: 6, int64: 7 };

/** Computes constants of a traced graph that depend on the size of the batch, in the graph. */
export class BatchConstants {
  readonly nodes: ModelNode[] = [];
  readonly initializers: ModelInitializer[] = [];
  readonly #sizes: Triple<number>;
  readonly #input: string;
  readonly #sizeAs = new Map<GraphDtype, string>();
  #names = 0;

  /** @param input name of the input whose first dimension is the size of the batch */
  constructor(sizes: Triple<number>, input: string) {
    this.#sizes = sizes;
    this.#input = input;
  }

  /**
   * Adds what computes the value; its name, or undefined where it follows no rule.
   * @param options.isNewShape it is the shape of a `Reshape`
   */
  derive(parts: Triple<ModelInitializer>, options: { readonly isNewShape: boolean }): string | undefined {
    const [first, second, third] = parts;
    if (options.isNewShape) return this.#inferred(parts) ?? this.#ofSizes(parts);
    if (isSameShape(first.shape, second.shape) && isSameShape(first.shape, third.shape)) return this.#ofSizes(parts);
    return this.#repeated(parts);
  }

  /** The shape of a `Reshape` in which one extent follows from the others. */
  #inferred([first, ...others]: Triple<ModelInitializer>): string | undefined {
    const shape = valuesOf(first);
    const rest = others.map((other) => valuesOf(other));
    if (shape === undefined || !others.every((other) => isSameShape(other.shape, first.shape))) return undefined;
    const differs = shape.map((extent, i) => rest.some((other) => other?.[i] !== extent));
    if (differs.filter(Boolean).length !== 1 || shape.includes(0)) return undefined;
    return this.#constant(
      "int64",
      shape.map((extent, i) => (differs[i] === true ? -1 : extent)),
    );
  }

  /** Numbers each of which follows from the size. */
  #ofSizes(parts: Triple<ModelInitializer>): string | undefined {
    const [{ dtype, shape }] = parts;
    const code = TYPE_CODES[dtype];
    const [x, y, z] = parts.map(valuesOf);
    if (code === undefined || x === undefined || y === undefined || z === undefined) return undefined;
    const rules: SizeRule[] = [];
    for (let i = 0; i < x.length; i += 1) {
      const triple = [x[i] ?? 0, y[i] ?? 0, z[i] ?? 0] as const;
      const rule = fitSizes(this.#sizes, triple, !isFloat(dtype));
      if (rule === undefined) return undefined;
      rules.push(rule);
    }
    const factors = this.#constant(
      dtype,
      rules.map(({ factor }) => factor),
    );
    const size = this.#size(dtype, code);
    if (rules.every(({ kind }) => kind === "reciprocal")) return this.#shaped("Div", [factors, size], shape);
    if (rules.some(({ kind }) => kind === "reciprocal")) return undefined;
    const product = this.#node("Mul", [size, factors]);
    return this.#shaped(
      "Add",
      [
        product,
        this.#constant(
          dtype,
          rules.map(({ offset }) => offset),
        ),
      ],
      shape,
    );
  }

  /** Rows that are all alike, one or more for each of the batch. */
  #repeated(parts: Triple<ModelInitializer>): string | undefined {
    const [first] = parts;
    const values = parts.map(valuesOf);
    const rows = parts.map(({ shape }, i) => repeatedRow(shape, values[i] ?? []));
    const [row] = rows;
    if (row === undefined || !rows.every((one) => one !== undefined && isSameShape(one, row))) return undefined;
    const shapes = parts.map(({ shape }) => shapeAsConstant(shape));
    const [a, b, c] = shapes;
    if (a === undefined || b === undefined || c === undefined) return undefined;
    const shape = this.#ofSizes([a, b, c]);
    if (shape === undefined) return undefined;
    const isOne = row.length === 1;
    const value = this.#constant(first.dtype, row, isOne ? [1] : [1, ...first.shape.slice(1)]);
    return this.#node("Expand", [value, shape]);
  }

  #shaped(type: string, inputs: readonly string[], shape: readonly number[]): string {
    const value = this.#node(type, inputs);
    return shape.length === 1 ? value : this.#node("Reshape", [value, this.#constant("int64", shape)]);
  }

  /** The size of the batch in this type, shape [1]. */
  #size(dtype: GraphDtype, code: number): string {
    let known = this.#sizeAs.get(dtype);
    if (known !== undefined) return known;
    known = dtype === "int64" ? this.#node("Shape", [this.#input], { start: 0, end: 1 }) : undefined;
    known ??= this.#node("Cast", [this.#size("int64", 7)], { to: code });
    this.#sizeAs.set(dtype, known);
    return known;
  }

  #node(type: string, inputs: readonly string[], attrs?: ModelNode["attrs"]): string {
    const output = `batch${this.#names++}`;
    this.nodes.push({ name: output, type, inputs, outputs: [output], attrs });
    return output;
  }

  #constant(dtype: GraphDtype, values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `batch${this.#names++}`;
    this.initializers.push({ name, dtype, shape, data: constantBytes(values, dtype) });
    return name;
  }
}

function shapeAsConstant(shape: readonly number[]): ModelInitializer {
  return { name: "", dtype: "int64", shape: [shape.length], data: constantBytes(shape, "int64") };
}

/** What all rows of a tensor hold: one number if all are equal, else the first row; undefined if they differ. */
function repeatedRow(shape: readonly number[], values: readonly number[]): readonly number[] | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  if (values.every((value) => Object.is(value, first))) return [first];
  const length = values.length / (shape[0] ?? 1);
  return values.every((value, i) => Object.is(value, values[i % length])) ? values.slice(0, length) : undefined;
}
