import { EngineError } from "../errors/engine-error.js";
import { isSameShape } from "../graph/value-spec.js";
import type {
  ModelDescription,
  ModelInitializer,
  ModelNode,
  ModelValue,
  PortableModel,
} from "../onnx-model/model-description.js";
import { BatchConstants } from "./batch-constants.js";
import { fitSizes, type Triple } from "./fit-sizes.js";

/** The same model, recorded for three sizes of its inputs' first dimension. */
export interface SizedTraces {
  readonly sizes: Triple<number>;
  readonly models: Triple<ModelDescription>;
}

/**
 * Makes one model for any size of the batch from three for one size each: their nodes must be the same, and a constant
 * that differs must follow from the size; it is computed in the graph then.
 * @throws EngineError naming what depends on the size in another way
 */
export function unifyTraces(traces: SizedTraces): PortableModel {
  return new Unification(traces).run();
}

class Unification {
  readonly #traces: SizedTraces;
  readonly #constants: BatchConstants;
  readonly #initializers: Triple<ReadonlyMap<string, ModelInitializer>>;
  /** The names of the other two models' values, by that of the first. */
  readonly #others = new Map<string, readonly [string, string]>();
  readonly #kept = new Map<string, ModelInitializer>();
  readonly #derived = new Map<string, string>();
  readonly #nodes: ModelNode[] = [];

  constructor(traces: SizedTraces) {
    const [first, second, third] = traces.models;
    this.#traces = traces;
    this.#initializers = [byName(first), byName(second), byName(third)];
    this.#constants = new BatchConstants(traces.sizes, first.inputs[0]?.name ?? "");
  }

  run(): PortableModel {
    const [first, second, third] = this.#traces.models;
    const counts = [first, second, third].map(({ nodes }) => nodes.length);
    if (new Set(counts).size > 1) throw dependsOnSize(`the number of operations (${counts.join(", ")})`);
    first.inputs.forEach(({ name }, i) => this.#pair(name, second.inputs[i]?.name, third.inputs[i]?.name));
    first.nodes.forEach((node, i) => {
      const unified = this.#unified([node, second.nodes[i], third.nodes[i]]);
      this.#nodes.push(...this.#constants.nodes.splice(0), unified);
    });
    return {
      nodes: this.#nodes,
      initializers: [...this.#kept.values(), ...this.#constants.initializers],
      inputs: first.inputs.map((value, i) => this.#sized(value, second.inputs[i], third.inputs[i])),
      outputs: first.outputs.map((value, i) => this.#sized(value, second.outputs[i], third.outputs[i])),
    };
  }

  #unified([node, second, third]: readonly [ModelNode, ModelNode | undefined, ModelNode | undefined]): ModelNode {
    if (second === undefined || third === undefined || !isSameNode(node, second) || !isSameNode(node, third))
      throw dependsOnSize(labelOf(node));
    const inputs = node.inputs.map((name, i) =>
      this.#input(node, i, [name, second.inputs[i] ?? "", third.inputs[i] ?? ""]),
    );
    const graphs = Object.keys(node.attrs ?? {}).flatMap((name) => {
      const triple = [graphIn(node, name), graphIn(second, name), graphIn(third, name)] as const;
      return triple[0] === undefined ? [] : [[name, { graph: this.#unifiedGraph(node, triple) }] as const];
    });
    node.outputs.forEach((name, i) => this.#pair(name, second.outputs[i], third.outputs[i]));
    return { ...node, inputs, attrs: { ...node.attrs, ...Object.fromEntries(graphs) }, captures: undefined };
  }

  /** A graph that a node repeats. Its constants go into the graph around it, where the size of the batch is known. */
  #unifiedGraph(
    node: ModelNode,
    [first, second, third]: readonly [PortableModel | undefined, PortableModel | undefined, PortableModel | undefined],
  ): PortableModel {
    if (
      first === undefined ||
      second?.nodes.length !== first.nodes.length ||
      third?.nodes.length !== first.nodes.length
    )
      throw dependsOnSize(labelOf(node));
    first.inputs.forEach(({ name }, i) => this.#pair(name, second.inputs[i]?.name, third.inputs[i]?.name));
    return {
      nodes: first.nodes.map((inner, i) => this.#unified([inner, second.nodes[i], third.nodes[i]])),
      initializers: [],
      inputs: first.inputs.map((value, i) => this.#sized(value, second.inputs[i], third.inputs[i])),
      outputs: first.outputs.map((value, i) => this.#sized(value, second.outputs[i], third.outputs[i])),
    };
  }

  #input(node: ModelNode, index: number, names: Triple<string>): string {
    const [name, ...others] = names;
    if (name === "" && others.every((other) => other === "")) return "";
    const known = this.#others.get(name);
    if (known !== undefined) {
      if (known[0] === others[0] && known[1] === others[1]) return name;
      throw dependsOnSize(labelOf(node));
    }
    return this.#constant(node, index, names);
  }

  #constant(node: ModelNode, index: number, names: Triple<string>): string {
    const [a, b, c] = names.map((name, i) => this.#initializers[i]?.get(name));
    if (a === undefined || b === undefined || c === undefined) throw dependsOnSize(labelOf(node));
    if (isSameConstant(a, b) && isSameConstant(a, c)) {
      this.#kept.set(a.name, a);
      return a.name;
    }
    const isNewShape = node.type === "Reshape" && index === 1;
    const key = [...names, isNewShape].join("\n");
    let derived = this.#derived.get(key);
    if (derived === undefined) {
      derived = this.#constants.derive([a, b, c], { isNewShape });
      if (derived === undefined) throw dependsOnSize(labelOf(node));
      this.#derived.set(key, derived);
    }
    return derived;
  }

  #pair(name: string, second: string | undefined, third: string | undefined): void {
    this.#others.set(name, [second ?? "", third ?? ""]);
  }

  #sized(value: ModelValue, second: ModelValue | undefined, third: ModelValue | undefined): ModelValue {
    const shape = value.shape.map((extent, axis) => this.#extent([extent, second?.shape[axis], third?.shape[axis]]));
    return { ...value, shape };
  }

  #extent([a, b, c]: readonly (number | string | undefined)[]): number | string {
    const triple = [Number(a), Number(b), Number(c)] as const;
    const rule = fitSizes(this.#traces.sizes, triple, true);
    if (rule === undefined) throw dependsOnSize("the shape of an output");
    if (rule.factor === 0) return triple[0];
    const product = rule.factor === 1 ? "batch" : `${rule.factor}*batch`;
    return rule.offset === 0 ? product : `${product}${rule.offset < 0 ? "" : "+"}${rule.offset}`;
  }
}

/** All constants of a model, those of graphs within it included; their names differ. */
function byName(model: PortableModel): ReadonlyMap<string, ModelInitializer> {
  const own = model.initializers.map((initializer) => [initializer.name, initializer] as const);
  const inner = model.nodes.flatMap((node) =>
    Object.keys(node.attrs ?? {}).flatMap((name) => {
      const graph = graphIn(node, name);
      return graph === undefined ? [] : [...byName(graph)];
    }),
  );
  return new Map([...own, ...inner]);
}

function graphIn(node: ModelNode, name: string): PortableModel | undefined {
  const value = node.attrs?.[name];
  return typeof value === "object" && "graph" in value ? value.graph : undefined;
}

/** What must be equal; graphs are compared node by node. */
function plainAttributes({ attrs = {} }: ModelNode): string {
  return JSON.stringify(Object.entries(attrs).map(([name, value]) => [name, isGraph(value) ? "graph" : value]));
}

function isGraph(value: NonNullable<ModelNode["attrs"]>[string]): boolean {
  return typeof value === "object" && "graph" in value;
}

function isSameNode(a: ModelNode, b: ModelNode): boolean {
  return (
    a.type === b.type &&
    (a.domain ?? "") === (b.domain ?? "") &&
    a.inputs.length === b.inputs.length &&
    a.outputs.length === b.outputs.length &&
    plainAttributes(a) === plainAttributes(b)
  );
}

function isSameConstant(a: ModelInitializer, b: ModelInitializer): boolean {
  if (a.dtype !== b.dtype || !isSameShape(a.shape, b.shape)) return false;
  if (a.data === b.data) return true;
  return a.data.length === b.data.length && a.data.every((byte, i) => byte === b.data[i]);
}

/** The recorded kernel that a node comes from. */
function labelOf({ name, type }: ModelNode): string {
  return name === undefined ? type : name.replace(/#\d+$/, "");
}

function dependsOnSize(what: string): EngineError {
  return new EngineError({
    code: "LIT_ENGINE_EXPORT",
    message: `The model cannot be exported for any size of the batch: ${what} depends on the size in a way that ONNX cannot follow.`,
    tryThis: "dynamicBatch: false, for one size, or shapes that come from the inputs' own.",
  });
}
