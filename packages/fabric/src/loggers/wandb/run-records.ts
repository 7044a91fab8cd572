import { ProtoMessage } from "../tensorboard/proto-message.js";

// Field numbers: wandb/proto/wandb_internal.proto, read from PyPI's wandb 0.31.
const RECORD = { history: 2, summary: 3, config: 5, metric: 12, run: 17, exit: 18, header: 21 } as const;
/** The version of `wandb` that a reader must have at least. */
const MIN_READER = "0.70.0";

export type RunRecord = { readonly kind: keyof typeof RECORD; readonly message: ProtoMessage };

/** @param num counts the records of a file, from 1 */
export function encodeRecord({ kind, message }: RunRecord, num: number): Uint8Array {
  return new ProtoMessage().varint(1, num).message(RECORD[kind], message).encode();
}

export function headerRecord(): RunRecord {
  const version = new ProtoMessage().text(1, "lightning-ts").text(2, MIN_READER);
  return { kind: "header", message: new ProtoMessage().message(1, version) };
}

export interface RunFacts {
  readonly id: string;
  readonly project: string;
  readonly entity: string | undefined;
  readonly name: string | undefined;
  readonly group: string | undefined;
  readonly jobType: string | undefined;
  readonly notes: string | undefined;
  readonly tags: readonly string[];
  readonly host: string;
  readonly startMs: number;
}

export function runRecord(facts: RunFacts): RunRecord {
  const message = new ProtoMessage().text(1, facts.id);
  const optional = (field: number, value: string | undefined): void => {
    if (value !== undefined) message.text(field, value);
  };
  optional(2, facts.entity);
  message.text(3, facts.project);
  optional(6, facts.group);
  optional(7, facts.jobType);
  optional(8, facts.name);
  optional(9, facts.notes);
  for (const tag of facts.tags) message.text(10, tag);
  message.text(13, facts.host).message(17, timestamp(facts.startMs));
  return { kind: "run", message };
}

/** Hyperparameters; those of the same names before them are replaced. */
export function configRecord(values: Readonly<Record<string, unknown>>): RunRecord {
  return { kind: "config", message: updates(values, 1) };
}

/** The latest values. */
export function summaryRecord(values: Readonly<Record<string, number>>): RunRecord {
  return { kind: "summary", message: updates(values, 2) };
}

export function historyRecord(values: Readonly<Record<string, number>>, step: number): RunRecord {
  return { kind: "history", message: updates(values, 2).message(2, new ProtoMessage().varint(1, step)) };
}

/** The metric that all others are drawn over. */
export function stepMetricRecords(name: string): RunRecord[] {
  const options = new ProtoMessage().varint(1, 1);
  return [
    { kind: "metric", message: new ProtoMessage().text(1, name) },
    { kind: "metric", message: new ProtoMessage().text(2, "*").text(4, name).message(6, options) },
  ];
}

export function exitRecord(exitCode: number, runtimeSeconds: number): RunRecord {
  return { kind: "exit", message: new ProtoMessage().varint(1, exitCode).varint(2, runtimeSeconds) };
}

/** @param keyField the field of the name: a plain one, or the first of a nested one */
function updates(values: Readonly<Record<string, unknown>>, keyField: number): ProtoMessage {
  const message = new ProtoMessage();
  for (const [name, value] of Object.entries(values))
    message.message(1, new ProtoMessage().text(keyField, name).text(16, jsonOf(value)));
  return message;
}

/** JSON with Python's words for what is no number. */
function jsonOf(value: unknown): string {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : JSON.stringify(value);
}

function timestamp(ms: number): ProtoMessage {
  return new ProtoMessage().varint(1, Math.floor(ms / 1000)).varint(2, Math.round((ms % 1000) * 1e6));
}
