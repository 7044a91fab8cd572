import type { GraphBuilder, GraphValue, NodeRequest } from "../contract/graph-builder.js";
import type { ProducerOf } from "./producer-of.js";

export type HalfDtype = Exclude<GraphBuilder["computeDtype"], "float32">;

/** Operators that move numbers and change none. */
const MOVING: ReadonlySet<string> = new Set(["Reshape", "Transpose", "Slice", "Squeeze", "Unsqueeze", "Expand"]);

/** Finds values of a graph in the type from which they were cast, and makes them where they have been moved since. */
export class HalfValues {
  readonly #graph: GraphBuilder;
  readonly #producerOf: ProducerOf;
  /** By dtype and name; `undefined` where a value was never rounded. */
  readonly #known = new Map<string, GraphValue | undefined>();

  constructor(graph: GraphBuilder, producerOf: ProducerOf) {
    this.#graph = graph;
    this.#producerOf = producerOf;
  }

  /** The value that this one was cast from, moved as this one was. */
  of(value: GraphValue, dtype: HalfDtype): GraphValue | undefined {
    // A chain of moves can be thousands of nodes long, so this is a loop and not a recursion.
    const open = [value];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const producer = this.#producerOf(top);
      const unknown = movedBy(producer).filter((source) => !this.#known.has(keyOf(source, dtype)));
      if (unknown.length > 0) {
        for (const source of unknown) open.push(source);
        continue;
      }
      open.pop();
      const key = keyOf(top, dtype);
      if (!this.#known.has(key)) this.#known.set(key, this.#make(top, producer, dtype));
    }
    return this.#known.get(keyOf(value, dtype));
  }

  #make({ shape }: GraphValue, producer: NodeRequest | undefined, dtype: HalfDtype): GraphValue | undefined {
    const [source] = producer?.inputs ?? [];
    if (producer === undefined || source === undefined) return undefined;
    if (producer.type === "Cast") return source.dtype === dtype ? source : undefined;
    const sources = movedBy(producer);
    const moved = sources.map((input) => this.#known.get(keyOf(input, dtype)));
    if (sources.length === 0 || moved.includes(undefined)) return undefined;
    const { type, attrs = {}, inputs } = producer;
    return this.#graph.op(type, [...moved, ...inputs.slice(sources.length)], { dtype, shape, attrs });
  }
}

/** The inputs whose numbers the operator moves; none where it does something else. */
function movedBy(producer: NodeRequest | undefined): readonly GraphValue[] {
  if (producer === undefined) return [];
  const { type, inputs } = producer;
  // What `Pad` fills with would be float32.
  const movesFirst = MOVING.has(type) || (type === "Pad" && inputs.length === 2);
  const moved = type === "Concat" ? inputs : movesFirst ? inputs.slice(0, 1) : [];
  return moved.filter((input): input is GraphValue => input !== undefined);
}

function keyOf({ name }: GraphValue, dtype: HalfDtype): string {
  return `${dtype} ${name}`;
}
