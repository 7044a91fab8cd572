import { ProtoMessage } from "./proto-message.js";
import { ProtoReader } from "./proto-reader.js";

// Field numbers: onnx.proto, tensorboard/compat/proto/{graph,node_def,versions}.proto.
const GRAPH = 7;
const PRODUCER = 22;

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
}

/** A model in ONNX as the graph that TensorBoard draws. Dots in the names of parameters are levels. */
export function graphOfOnnx(model: Uint8Array): Uint8Array {
  const graph = new ProtoMessage();
  for (const node of new ProtoReader(model).messages(GRAPH).flatMap(nodesOf)) {
    const message = new ProtoMessage().text(1, node.name).text(2, node.op);
    for (const input of node.inputs) message.text(3, input);
    graph.message(1, message);
  }
  return graph.message(4, new ProtoMessage().varint(1, PRODUCER)).encode();
}

function nodesOf(graph: ProtoReader): GraphNode[] {
  /** What TensorBoard calls each value. */
  const names = new Map<string, string>();
  const leaf = (op: string, field: number, nameField: number): GraphNode[] =>
    graph.messages(field).map((value) => {
      const name = value.text(nameField);
      const shown = name.replaceAll(".", "/");
      names.set(name, shown);
      return { name: shown, op, inputs: [] };
    });
  const leaves = [...leaf("Input", 11, 1), ...leaf("Parameter", 5, 8)];
  const operations = graph.messages(1).map((node, i) => {
    const op = node.text(4);
    const name = `${op}_${i}`;
    node.texts(2).forEach((output, k) => names.set(output, k === 0 ? name : `${name}:${k}`));
    return { name, op, values: node.texts(1) };
  });
  const nameOf = (value: string): string[] => (value === "" ? [] : [names.get(value) ?? value]);
  return [
    ...leaves,
    ...operations.map(({ name, op, values }) => ({ name, op, inputs: values.flatMap(nameOf) })),
    ...graph.messages(12).map((output) => {
      const name = output.text(1);
      return { name: `outputs/${name}`, op: "Output", inputs: nameOf(name) };
    }),
  ];
}
