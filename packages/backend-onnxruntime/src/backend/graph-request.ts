import type { StructureKey } from "../graph/structure-key.js";
import { specId } from "../graph/value-spec.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Where a node's input comes from; part of the structure key. */
enum Source {
  Node = 0,
  Buffer = 1,
  FloatSingle = 2,
  IntSingle = 3,
}

export interface GraphRequestOptions {
  readonly nodes: readonly LazyNode[];
  /**
   * Nodes with which the steps of a loop begin: each step declares its own inputs. Which steps share a batch or a
   * learning rate is then no part of the structure.
   */
  readonly stepStarts: ReadonlySet<LazyNode>;
  /** Is cleared, and describes the structure afterwards. */
  readonly key: StructureKey;
  readonly isOutput: (data: LazyData) => boolean;
}

/** What one flush is going to run: nodes, what they read, and which of their results get a buffer. */
export class GraphRequest {
  readonly nodes: readonly LazyNode[];
  /** Buffers that the graph reads, with the shape under which it declares them. */
  readonly inputs: LazyData[] = [];
  readonly inputShapes: (readonly number[])[] = [];
  readonly outputs: LazyData[] = [];
  /** Numbers of the nodes themselves, in their order; then single-element float32 tensors. */
  readonly floats: number[] = [];
  readonly floatSingles: LazyData[] = [];
  readonly ints: number[] = [];
  /**
   * Of every input of every node, in order: its place among `inputs`, `floatSingles` or `ints`; nothing for results of
   * nodes.
   */
  readonly slots: number[] = [];
  readonly intSingles: LazyData[] = [];
  #step = nextStep++;

  constructor({ nodes, stepStarts, key, isOutput }: GraphRequestOptions) {
    this.nodes = nodes;
    key.clear();
    for (const node of nodes) {
      if (stepStarts.has(node)) this.#step = nextStep++;
      key.add(node.operationId);
      key.add(node.inputs.length);
      for (let i = 0; i < node.inputs.length; i++) {
        const data = node.inputs[i];
        if (data !== undefined) this.#addInput(data, node.views?.[i], key);
      }
      for (const scalar of node.scalars) this.floats.push(scalar);
      key.add(node.scalars.length);
      key.add(node.outputs.length);
      for (const data of node.outputs) {
        const wanted = isOutput(data);
        key.add(data.specId);
        key.add(wanted ? 1 : 0);
        if (wanted) this.outputs.push(data);
      }
    }
    for (const data of this.floatSingles) this.floats.push(data.single ?? Number.NaN);
  }

  #addInput(data: LazyData, view: readonly number[] | undefined, key: StructureKey): void {
    if (data.node !== undefined) {
      key.add(Source.Node);
      key.add(data.node.position);
      key.add(data.outputIndex);
    } else {
      key.add(
        data.single === undefined ? Source.Buffer : data.dtype === "int32" ? Source.IntSingle : Source.FloatSingle,
      );
      const slot = this.#slotOf(data, view);
      this.slots.push(slot);
      key.add(slot);
    }
    key.add(view === undefined ? data.specId : specId(data.dtype, view));
  }

  #slotOf(data: LazyData, view: readonly number[] | undefined): number {
    if (data.flush === this.#step) return data.slot;
    data.flush = this.#step;
    if (data.single === undefined) {
      data.slot = this.inputs.push(data) - 1;
      this.inputShapes.push(view ?? data.shape);
    } else if (data.dtype === "int32") {
      data.slot = this.ints.push(data.single) - 1;
      this.intSingles.push(data);
    } else {
      data.slot = this.floatSingles.push(data) - 1;
    }
    return data.slot;
  }
}

let nextStep = 0;
