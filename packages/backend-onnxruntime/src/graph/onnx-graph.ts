import type {
  GraphBuilder,
  GraphTarget,
  GraphValue,
  NodeRequest,
  ScanRequest,
  ScanValues,
} from "../contract/graph-builder.js";
import type { GraphDtype } from "../contract/graph-dtype.js";
import type { ModelDescription, ModelInitializer, ModelNode } from "../onnx-model/model-description.js";
import { constantBytes } from "./constant-bytes.js";
import { flatEnds, flatOutputs } from "./flat-ends.js";
import { inHalf } from "./half-products.js";
import { HalfValues } from "./half-values.js";
import { fuseRelu } from "./fuse-relu.js";
import { leavesLast } from "./leaves-last.js";
import { readsOf } from "./reads-of.js";
import { scanNode } from "./scan-node.js";
import { unrolled } from "./unrolled-scan.js";
import { simplify } from "./simplify-node.js";

export interface OnnxGraphOptions {
  readonly prefix?: string | undefined;
  readonly isPortable?: boolean | undefined;
  readonly target?: GraphTarget | undefined;
  readonly hasOneThread?: boolean | undefined;
}

/**
 * Collects one ONNX graph: shares equal constants and nodes, cancels transposes, and leaves out what no output needs.
 */
export class OnnxGraph implements GraphBuilder {
  computeDtype: GraphBuilder["computeDtype"] = "float32";
  /** Name of the tfjs op that is being lowered; ONNX Runtime's errors show it. */
  label = "";
  /** Its position among the recorded nodes. */
  position = 0;
  readonly #nodes: ModelNode[] = [];
  readonly #requests = new Map<string, NodeRequest>();
  readonly #halves = new HalfValues(this, (value) => this.#requests.get(value.name));
  readonly #onProcessor: string[] = [];
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #shared = new Map<string, readonly (GraphValue | undefined)[]>();
  readonly #initializers = new Map<string, { readonly value: GraphValue; readonly initializer: ModelInitializer }>();
  readonly #inputs: GraphValue[] = [];
  readonly isPortable: boolean;
  readonly target: GraphTarget | undefined;
  readonly hasOneThread: boolean;
  readonly #blockedChannels: () => number;
  #names = 0;
  #repetitions = 0;
  /** By the value that is checked: kernels that read the same indices share a check. */
  readonly #checks = new Map<string, { readonly isBad: GraphValue; readonly position: number }>();

  /** Begins all names, which must differ from those of the graph around this one. */
  readonly #prefix: string;

  /** `blockedChannels` is asked only by lowerings that could use the blocked layout. */
  constructor(blockedChannels: () => number = () => 0, options: OnnxGraphOptions = {}) {
    this.#blockedChannels = blockedChannels;
    this.#prefix = options.prefix ?? "";
    this.isPortable = options.isPortable ?? false;
    this.target = options.target;
    this.hasOneThread = options.hasOneThread ?? false;
  }

  get isRepetition(): boolean {
    return this.#repetitions > 0;
  }

  get blockedChannels(): number {
    return this.#blockedChannels();
  }

  /** Declares the next input of the graph. */
  input(dtype: GraphDtype, shape: readonly number[]): GraphValue {
    const value = { name: `${this.#prefix}in${this.#inputs.length}`, dtype, shape };
    this.#inputs.push(value);
    return value;
  }

  node(request: NodeRequest): readonly (GraphValue | undefined)[] {
    const simplified = simplify(request, (value) => this.#requests.get(value.name), this);
    if (simplified !== undefined) return [simplified];
    return this.#once("", request, () => this.#rewritten(request) ?? this.#emit(request));
  }

  /** What was made before for an equal request, or what `make` gives. */
  #once(
    kind: string,
    request: NodeRequest,
    make: () => readonly (GraphValue | undefined)[],
  ): readonly (GraphValue | undefined)[] {
    // Where halves are multiplied, equal products of two precisions are not the same.
    const precision = this.target?.halves === undefined ? "" : this.computeDtype;
    const key = `${kind} ${precision} ${keyOf(request)}`;
    const values = this.#shared.get(key) ?? make();
    this.#shared.set(key, values);
    return values;
  }

  #emit(request: NodeRequest): readonly (GraphValue | undefined)[] {
    const outputs = request.outputs.map(
      (output) => output && { name: `${this.#prefix}v${this.#names++}`, dtype: output.dtype, shape: output.shape },
    );
    const name = `${this.label}#${this.#nodes.length}`;
    if (this.target?.onProcessor?.(request) === true) this.#onProcessor.push(name);
    this.#nodes.push({
      name,
      type: request.type,
      domain: request.domain,
      inputs: inputNames(request.inputs),
      outputs: outputs.map((output) => output?.name ?? ""),
      attrs: request.attrs,
    });
    for (const output of outputs) if (output !== undefined) this.#note(output, request);
    return outputs;
  }

  #note({ name, shape }: GraphValue, request: NodeRequest): void {
    this.#requests.set(name, request);
    this.#shapes.set(name, shape);
  }

  #rewritten(request: NodeRequest): readonly (GraphValue | undefined)[] | undefined {
    const { type, domain = "" } = request;
    const rewrite = this.target?.rewrites[domain === "" ? type : `${domain}:${type}`];
    const rewritten = rewrite?.(this, request, (plain) => this.#once("plain", plain, () => this.#emit(plain)));
    if (rewritten !== undefined) return rewritten;
    const half = inHalf(this, request, this.#halves);
    return half && [half];
  }

  scan(request: ScanRequest): ScanValues {
    if (this.target !== undefined && !this.target.repeats) {
      this.#repetitions++;
      const values = unrolled(this, request);
      this.#repetitions--;
      return values;
    }
    const length = request.inputs[0]?.shape[0] ?? 0;
    const prefix = `${this.#prefix}s${this.#names++}.`;
    const step = new OnnxGraph(this.#blockedChannels, {
      prefix,
      isPortable: this.isPortable,
      target: this.target,
      hasOneThread: this.hasOneThread,
    });
    step.computeDtype = this.computeDtype;
    step.label = this.label;
    const states = request.states.map(({ dtype, shape }) => step.input(dtype, shape));
    const entries = request.inputs.map(({ dtype, shape }) => step.input(dtype, shape.slice(1)));
    const results = request.step(step, states, entries);
    const named = (value: GraphValue, shape: readonly number[]): GraphValue => ({
      name: `${this.#prefix}v${this.#names++}`,
      dtype: value.dtype,
      shape,
    });
    const values = {
      states: results.states.map((value) => named(value, value.shape)),
      outputs: results.outputs.map((value) => named(value, [length, ...value.shape])),
    };
    const outputs = [...values.states, ...values.outputs];
    const node = scanNode(request, step.finish([...results.states, ...results.outputs]), outputs);
    this.#nodes.push({ ...node, name: `${this.label}#${this.#nodes.length}` });
    const origin = { type: "Scan", inputs: [...request.states, ...request.inputs], outputs };
    for (const { name } of outputs) this.#requests.set(name, origin);
    return values;
  }

  check(isBad: GraphValue): void {
    if (!this.#checks.has(isBad.name)) this.#checks.set(isBad.name, { isBad, position: this.position });
  }

  /** Positions of the recorded nodes whose checks the flag counts. */
  get checkedPositions(): number[] {
    return Array.from(this.#checks.values(), ({ position }) => position);
  }

  /** int32 []: 0, or the number from 1 of a check that failed; `undefined` without checks. */
  flag(): GraphValue | undefined {
    const numbers = Array.from(this.#checks.values(), ({ isBad }, index) => {
      const number = this.op("Cast", [isBad], { dtype: "int32", attrs: { to: 6 } });
      return index === 0 ? number : this.op("Mul", [number, this.constant(index + 1, "int32")]);
    });
    return numbers.length > 1 ? this.op("Max", numbers, { shape: [] }) : numbers[0];
  }

  op(
    type: string,
    inputs: readonly (GraphValue | undefined)[],
    result: Parameters<GraphBuilder["op"]>[2] = {},
  ): GraphValue {
    const first = inputs[0];
    const dtype = result.dtype ?? first?.dtype ?? "float32";
    const shape = result.shape ?? first?.shape ?? [];
    const [output] = this.node({
      type,
      inputs,
      outputs: [{ dtype, shape }],
      ...(result.attrs === undefined ? {} : { attrs: result.attrs }),
      ...(result.domain === undefined ? {} : { domain: result.domain }),
    });
    if (output === undefined) throw new Error(`The graph node ${type} has no output.`);
    return output;
  }

  constant(values: readonly number[] | number, dtype: GraphDtype, shape?: readonly number[]): GraphValue {
    const list = typeof values === "number" ? [values] : values;
    const extents = shape ?? (typeof values === "number" ? [] : [values.length]);
    const key = `${dtype}:${extents.join()}:${list.map((value) => (Object.is(value, -0) ? "-0" : value)).join()}`;
    const known = this.#initializers.get(key);
    if (known !== undefined) return known.value;
    const value = { name: `${this.#prefix}c${this.#initializers.size}`, dtype, shape: extents };
    this.#initializers.set(key, { value, initializer: { ...value, data: constantBytes(list, dtype) } });
    return value;
  }

  /** A tensor that is part of the graph, under a name of its own. */
  initializer(initializer: ModelInitializer): GraphValue {
    const { name, dtype, shape } = initializer;
    const value = { name, dtype, shape };
    this.#initializers.set(`initializer ${name}`, { value, initializer });
    return value;
  }

  /** The finished model. An output that is an input, a constant or another output gets a value of its own. */
  finish(results: readonly GraphValue[]): ModelDescription {
    const taken = new Set<string>();
    const copies: ModelNode[] = [];
    const outputs = results.map((value, i) => {
      const isOwn = this.#requests.has(value.name) && !taken.has(value.name);
      taken.add(value.name);
      if (isOwn) return value;
      const name = `${this.#prefix}out${i}`;
      copies.push({ type: "Identity", inputs: [value.name], outputs: [name], name: `output#${i}` });
      return { ...value, name };
    });
    const { nodes, needed } = neededNodes([...this.#nodes, ...copies], outputs);
    const initializers = [...this.#initializers.values()]
      .map((entry) => entry.initializer)
      .filter(({ name }) => needed.has(name));
    const whole = { nodes, initializers, inputs: this.#inputs, outputs };
    if (this.isPortable) return whole;
    const isStep = this.#prefix !== "";
    const shapeOf = (name: string) => this.#shapeOf(name);
    if (this.target !== undefined && !isStep) return { ...flatEnds(whole, shapeOf), onProcessor: this.#onProcessor };
    const description = isStep ? whole : flatOutputs(whole, shapeOf);
    return { ...description, nodes: leavesLast(fuseRelu(description.nodes, description.outputs)) };
  }

  #shapeOf(name: string): readonly number[] | undefined {
    return this.#shapes.get(name);
  }
}

function keyOf(request: NodeRequest): string {
  const inputs = request.inputs.map((input) => input?.name ?? "").join();
  const outputs = request.outputs
    .map((output) => (output === undefined ? "" : `${output.dtype}${output.shape.join()}`))
    .join("|");
  return `${request.domain ?? ""}:${request.type}(${inputs})${outputs}${JSON.stringify(request.attrs ?? {})}`;
}

function neededNodes(
  nodes: readonly ModelNode[],
  outputs: readonly GraphValue[],
): { nodes: ModelNode[]; needed: Set<string> } {
  const needed = new Set(outputs.map((output) => output.name));
  const kept: ModelNode[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node === undefined || !node.outputs.some((name) => needed.has(name))) continue;
    for (const input of readsOf(node)) needed.add(input);
    kept.push(node);
  }
  return { nodes: kept.reverse(), needed };
}

/** Optional inputs at the end are left out altogether: a provider may count an unnamed one as given. */
function inputNames(inputs: NodeRequest["inputs"]): string[] {
  const given = inputs.findLastIndex((input) => input !== undefined) + 1;
  return inputs.slice(0, given).map((input) => input?.name ?? "");
}
