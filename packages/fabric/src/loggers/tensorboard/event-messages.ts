import type { LogImage } from "../logger.js";
import { summarizeHistogram } from "./histogram-buckets.js";
import { pngOfImage } from "./png-of-image.js";
import { ProtoMessage } from "./proto-message.js";

// Field numbers: tensorboard/compat/proto/{event,summary,tensor}.proto.
const DT_STRING = 7;

/** One value of a summary. */
export type SummaryValue = ProtoMessage;
/** Those of one event. Images are encoded after the call that adds them. */
export type SummaryValues = readonly SummaryValue[] | Promise<readonly SummaryValue[]>;

export function scalarValue(tag: string, value: number): SummaryValue {
  return new ProtoMessage().text(1, tag).float(2, value);
}

export function textValue(tag: string, text: string): SummaryValue {
  const oneElement = new ProtoMessage().message(2, new ProtoMessage().varint(1, 1));
  const tensor = new ProtoMessage().varint(1, DT_STRING).message(2, oneElement).text(8, text);
  return new ProtoMessage().text(1, `${tag}/text_summary`).message(8, tensor).message(9, pluginMetadata("text"));
}

/** @throws MisconfigurationError at once where the pixels do not fit */
export function imageValues(tag: string, image: LogImage): Promise<readonly SummaryValue[]> {
  const shape = new ProtoMessage().varint(1, image.height).varint(2, image.width).varint(3, image.channels);
  return pngOfImage(image).then((png) => [new ProtoMessage().text(1, tag).message(4, shape.bytes(4, png))]);
}

export function histogramValue(tag: string, values: ArrayLike<number>): SummaryValue {
  const { min, max, count, sum, sumOfSquares, limits, counts } = summarizeHistogram(values);
  const histogram = new ProtoMessage()
    .double(1, min)
    .double(2, max)
    .double(3, count)
    .double(4, sum)
    .double(5, sumOfSquares)
    .packedDoubles(6, limits)
    .packedDoubles(7, counts);
  return new ProtoMessage().text(1, tag).message(5, histogram);
}

/** Says which plugin of TensorBoard shows a value. */
export function pluginMetadata(plugin: string, content?: ProtoMessage): ProtoMessage {
  const data = new ProtoMessage().text(1, plugin);
  if (content !== undefined) data.message(2, content);
  return new ProtoMessage().message(1, data);
}

export function versionEvent(wallTimeMs: number): Uint8Array {
  return new ProtoMessage()
    .double(1, wallTimeMs / 1000)
    .text(3, "brain.Event:2")
    .encode();
}

/** @param graph an encoded GraphDef */
export function graphEvent(wallTimeMs: number, graph: Uint8Array): Uint8Array {
  return new ProtoMessage()
    .double(1, wallTimeMs / 1000)
    .bytes(4, graph)
    .encode();
}

export function summaryEvent(wallTimeMs: number, step: number, values: readonly SummaryValue[]): Uint8Array {
  const summary = new ProtoMessage();
  for (const value of values) summary.message(1, value);
  return new ProtoMessage()
    .double(1, wallTimeMs / 1000)
    .varint(2, step)
    .message(5, summary)
    .encode();
}
