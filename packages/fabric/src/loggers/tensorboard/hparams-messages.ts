import { pluginMetadata, type SummaryValue } from "./event-messages.js";
import { ProtoMessage } from "./proto-message.js";

// Field numbers: tensorboard/plugins/hparams/{api,plugin_data}.proto.
const DATA_TYPES = { string: 1, boolean: 2, number: 3 } as const;
const STATUS_SUCCESS = 1;
const DATASET_VALIDATION = 2;

type HparamValue = string | number | boolean;

/** The three summaries that make a row of TensorBoard's HParams tab. */
export function hparamsValues(
  params: Readonly<Record<string, unknown>>,
  metricNames: readonly string[],
): SummaryValue[] {
  const values = Object.entries(params).map(([name, value]) => [name, hparamValue(value)] as const);
  const experiment = new ProtoMessage();
  for (const [name, value] of values) experiment.message(4, hparamInfo(name, value));
  for (const name of metricNames) experiment.message(5, metricInfo(name));
  const start = new ProtoMessage();
  for (const [name, value] of values) start.message(1, new ProtoMessage().text(1, name).message(2, structValue(value)));
  const end = new ProtoMessage().varint(1, STATUS_SUCCESS);
  return [
    taggedValue("_hparams_/experiment", 2, experiment),
    taggedValue("_hparams_/session_start_info", 3, start),
    taggedValue("_hparams_/session_end_info", 4, end),
  ];
}

function hparamValue(value: unknown): HparamValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function hparamInfo(name: string, value: HparamValue): ProtoMessage {
  const info = new ProtoMessage().text(1, name).varint(4, dataType(value));
  if (typeof value === "boolean") return info.message(5, discreteDomain([true, false]));
  return typeof value === "string" ? info.message(5, discreteDomain([value])) : info;
}

function dataType(value: HparamValue): number {
  switch (typeof value) {
    case "string":
      return DATA_TYPES.string;
    case "boolean":
      return DATA_TYPES.boolean;
    default:
      return DATA_TYPES.number;
  }
}

function discreteDomain(values: readonly HparamValue[]): ProtoMessage {
  const list = new ProtoMessage();
  for (const value of values) list.message(1, structValue(value));
  return list;
}

/** google.protobuf.Value */
function structValue(value: HparamValue): ProtoMessage {
  if (typeof value === "number") return new ProtoMessage().double(2, value);
  return typeof value === "string" ? new ProtoMessage().text(3, value) : new ProtoMessage().varint(4, value ? 1 : 0);
}

function metricInfo(name: string): ProtoMessage {
  return new ProtoMessage().message(1, new ProtoMessage().text(2, name)).varint(5, DATASET_VALIDATION);
}

function taggedValue(tag: string, field: number, content: ProtoMessage): SummaryValue {
  const pluginData = new ProtoMessage().varint(1, 0).message(field, content);
  return new ProtoMessage().text(1, tag).message(9, pluginMetadata("hparams", pluginData));
}
