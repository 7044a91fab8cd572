import type { OnnxAttribute } from "../contract/graph-builder.js";
import { elementTypeCode } from "./element-type.js";
import type { ModelGraph, ModelInitializer, ModelNode, ModelValue, PortableModel } from "./model-description.js";
import { ProtobufWriter } from "./protobuf-writer.js";

/** The version of the file format that goes with opset 21. */
const IR_VERSION = 10;

/** The operator sets that a model may use, with their versions. */
export const OPSETS = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
  { domain: "com.microsoft.nchwc", version: 1 },
] as const;

// `AttributeProto.AttributeType` of onnx.proto.
enum AttributeType {
  Float = 1,
  Int = 2,
  String = 3,
  Graph = 5,
  Floats = 6,
  Ints = 7,
  Strings = 8,
}

/**
 * Serializes a graph as an ONNX `ModelProto` (IR version 10, opset 21), field by field in the order of onnx.proto's
 * numbers, so that the bytes equal those of Python's `onnx`.
 * @param opsets the operator sets that its nodes use
 */
export function encodeModel(
  description: PortableModel,
  opsets: readonly { readonly domain: string; readonly version: number }[] = OPSETS,
): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  writer.integer(1, IR_VERSION);
  writer.string(2, "lightning-ts");
  writer.message(7, () => writeGraph(writer, description));
  for (const opset of opsets) {
    writer.message(8, () => {
      writer.string(1, opset.domain);
      writer.integer(2, opset.version);
    });
  }
  return writer.finish();
}

function writeGraph(writer: ProtobufWriter, description: PortableModel): void {
  for (const node of description.nodes) writer.message(1, () => writeNode(writer, node));
  writer.string(2, description.name ?? "step");
  for (const initializer of description.initializers) writer.message(5, () => writeInitializer(writer, initializer));
  for (const input of description.inputs) writer.message(11, () => writeValueInfo(writer, input));
  for (const output of description.outputs) writer.message(12, () => writeValueInfo(writer, output));
}

function writeNode(writer: ProtobufWriter, node: ModelNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  if (node.name !== undefined) writer.string(3, node.name);
  writer.string(4, node.type);
  for (const [name, value] of Object.entries(node.attrs ?? {}))
    writer.message(5, () => writeAttribute(writer, name, value));
  if (node.domain !== undefined && node.domain !== "") writer.string(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, value: OnnxAttribute | ModelGraph): void {
  writer.string(1, name);
  if (typeof value === "number") {
    writer.integer(3, value);
    writer.integer(20, AttributeType.Int);
  } else if (typeof value === "string") {
    writer.string(4, value);
    writer.integer(20, AttributeType.String);
  } else if ("float" in value) {
    writer.float(2, value.float);
    writer.integer(20, AttributeType.Float);
  } else if ("graph" in value) {
    writer.message(6, () => writeGraph(writer, value.graph));
    writer.integer(20, AttributeType.Graph);
  } else if ("floats" in value) {
    for (const element of value.floats) writer.float(7, element);
    writer.integer(20, AttributeType.Floats);
  } else if ("strings" in value) {
    for (const element of value.strings) writer.string(9, element);
    writer.integer(20, AttributeType.Strings);
  } else {
    for (const element of value) writer.integer(8, element);
    writer.integer(20, AttributeType.Ints);
  }
}

function writeInitializer(writer: ProtobufWriter, initializer: ModelInitializer): void {
  for (const extent of initializer.shape) writer.integer(1, extent);
  writer.integer(2, elementTypeCode(initializer.dtype));
  writer.string(8, initializer.name);
  writer.bytes(9, initializer.data);
}

function writeValueInfo(writer: ProtobufWriter, value: ModelValue): void {
  writer.string(1, value.name);
  writer.message(2, () => {
    writer.message(1, () => {
      writer.integer(1, elementTypeCode(value.dtype));
      writer.message(2, () => {
        for (const extent of value.shape) writer.message(1, () => writeExtent(writer, extent));
      });
    });
  });
}

function writeExtent(writer: ProtobufWriter, extent: number | string): void {
  if (typeof extent === "number") writer.integer(1, extent);
  else writer.string(2, extent);
}
