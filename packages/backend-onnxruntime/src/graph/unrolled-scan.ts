import type { GraphBuilder, GraphValue, ScanRequest, ScanValues } from "../contract/graph-builder.js";

/** The steps of a repetition one after the other, for devices that cannot repeat a part of a graph. */
export function unrolled(graph: GraphBuilder, request: ScanRequest): ScanValues {
  const { inputs, isReversed } = request;
  const length = inputs[0]?.shape[0] ?? 0;
  const order = Array.from({ length }, (_, place) => (isReversed ? length - 1 - place : place));
  const columns: GraphValue[][] = [];
  let { states } = request;
  for (const place of order) {
    const entries = inputs.map((input) => entryOf(graph, input, place));
    const results = request.step(graph, states, entries);
    states = results.states;
    results.outputs.forEach((output, index) => ((columns[index] ??= [])[place] = output));
  }
  return { states, outputs: columns.map((column) => stacked(graph, column)) };
}

function entryOf(graph: GraphBuilder, value: GraphValue, place: number): GraphValue {
  const shape = value.shape.slice(1);
  const position = graph.constant(place, "int64", []);
  return graph.op("Gather", [value, position], { shape, attrs: { axis: 0 } });
}

function stacked(graph: GraphBuilder, values: readonly GraphValue[]): GraphValue {
  const rows = values.map((value) => {
    const shape = [1, ...value.shape];
    return graph.op("Reshape", [value, graph.constant(shape, "int64")], { shape, attrs: { allowzero: 1 } });
  });
  const [first] = values;
  const shape = [values.length, ...(first?.shape ?? [])];
  return rows.length === 1 && rows[0] !== undefined ? rows[0] : graph.op("Concat", rows, { shape, attrs: { axis: 0 } });
}
