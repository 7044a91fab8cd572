import type { EngineNode, EngineOperation, EngineRun } from "@lightning-ts/core";
import type { Stage } from "../words/stages.js";
import type { RecordedStretch } from "./recorded-stretch.js";
import { onLanes } from "./trace-lanes.js";

/** An event of the Trace Event Format: something that took its time (`X`), or a name (`M`). Times are microseconds. */
export interface TraceEvent {
  readonly ph: "X" | "M";
  readonly name: string;
  readonly cat?: string;
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, string | number>>;
}

/** Where the events stand. */
interface Place {
  readonly pid: number;
  readonly tid: number;
  /** What the trace counts from. */
  readonly originMs: number;
}

const ENGINE = 1000;
const OWN = "ONNX Runtime's own";

/** A trace of recorded steps: what the program did, and below it what the engine ran, by operation and by node. */
export function traceText(
  stretches: readonly RecordedStretch[],
  { stage, rank }: { readonly stage: Stage; readonly rank: number },
): string {
  const originMs = stretches[0]?.startMs ?? 0;
  const spans = stretches.flatMap((stretch) => onLanes(stretch.spans));
  const lanes = Math.max(0, ...spans.map(({ lane }) => lane + 1));
  const program = spans.map(({ lane, span: { action, part, startMs, endMs } }) =>
    event({ pid: rank, tid: lane + 1, originMs }, { name: action, cat: part ?? "region", startMs, endMs }),
  );
  const place = { pid: rank, tid: ENGINE, originMs };
  const engine = stretches.flatMap(({ runs }) => runs.flatMap((run) => runEvents(run, place)));
  const names = [
    named("process_name", rank, 0, `lightning-ts: ${stage}, rank ${rank}`),
    ...Array.from({ length: lanes }, (_, lane) =>
      named("thread_name", rank, lane + 1, lane === 0 ? "program" : `program, at the same time (${lane})`),
    ),
    named("thread_name", rank, ENGINE, "engine"),
  ];
  const traceEvents: TraceEvent[] = [...names, ...program, ...engine];
  return JSON.stringify({ traceEvents, displayTimeUnit: "ms" });
}

/** `encoder.0: lit.Linear (backward)` */
export function operationName(operation: EngineOperation | undefined): string {
  if (operation === undefined) return OWN;
  const { layer, pass, type } = operation.origin;
  const place = layer === undefined ? "" : `${layer === "" ? type : layer}: `;
  return `${place}${operation.kernel}${pass === "backward" ? " (backward)" : ""}`;
}

function runEvents(run: EngineRun, place: Place): TraceEvent[] {
  const whole = event(place, { name: run.kind, cat: "run", startMs: run.startMs, endMs: run.startMs + run.durationMs });
  if (run.kind === "program") return [whole, ...groupEvents(run.nodes, place)];
  return [whole, ...groupsOf(run.nodes).flatMap((nodes) => groupEvents(nodes, place))];
}

/** Nodes that follow each other and belong to one operation. */
function groupsOf(nodes: readonly EngineNode[]): EngineNode[][] {
  const groups: EngineNode[][] = [];
  for (const node of nodes) {
    const group = groups.at(-1);
    if (group !== undefined && (node.isInner || group[0]?.operation === node.operation)) group.push(node);
    else groups.push([node]);
  }
  return groups;
}

function groupEvents(nodes: readonly EngineNode[], place: Place): TraceEvent[] {
  const operation = nodes[0]?.operation;
  const startMs = Math.min(...nodes.map((node) => node.startMs));
  const endMs = Math.max(...nodes.map((node) => node.startMs + node.durationMs));
  const args = operation === undefined ? {} : { operation: operation.description, ...operation.origin };
  const around = event(place, { name: operationName(operation), cat: "operation", startMs, endMs, args });
  return [
    around,
    ...nodes.map((node) => {
      const times = { startMs: node.startMs, endMs: node.startMs + node.durationMs };
      return event(place, { name: node.type, cat: "node", ...times, args: { node: node.name, ...operation?.origin } });
    }),
  ];
}

function event(
  { pid, tid, originMs }: Place,
  what: {
    readonly name: string;
    readonly cat: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly args?: TraceEvent["args"];
  },
): TraceEvent {
  // Whole nanoseconds: what lies within something else still does when both are rounded.
  const [start, end] = [what.startMs, what.endMs].map((ms) => Math.round((ms - originMs) * 1e6));
  const [ts, dur] = [(start ?? 0) / 1000, Math.max(0, (end ?? 0) - (start ?? 0)) / 1000];
  const { name, cat, args } = what;
  return { ph: "X", name, cat, ts, dur, pid, tid, ...(args === undefined ? {} : { args }) };
}

function named(name: string, pid: number, tid: number, value: string): TraceEvent {
  return { ph: "M", name, ts: 0, pid, tid, args: { name: value } };
}
