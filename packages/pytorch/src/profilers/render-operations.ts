import type { EngineNode } from "@lightning-ts/core";
import { renderTable } from "../display/render-table.js";
import type { RecordedStretch } from "./recorded-stretch.js";

export interface OperationTableOptions {
  /** How many steps were recorded. */
  readonly steps: number;
  /** -1 for all. */
  readonly rowLimit: number;
  readonly groupByInputShapes: boolean;
}

/** What one operation of one layer took in all steps. */
interface OperationTime {
  readonly layer: string;
  readonly pass: string;
  readonly operation: string;
  calls: number;
  totalMs: number;
  /** Milliseconds by ONNX operator. */
  readonly nodes: Map<string, number>;
}

const NODES_NAMED = 3;

/** Operations with their layers, those that took longest first, and how much of a step that is. */
export function renderOperations(stretches: readonly RecordedStretch[], options: OperationTableOptions): string[] {
  const { steps, rowLimit } = options;
  const runs = stretches.flatMap((stretch) => stretch.runs);
  const times = operationTimes(
    runs.flatMap(({ nodes }) => nodes),
    options.groupByInputShapes,
  );
  const engineMs = runs.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const nodesMs = times.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const stepMs = stretches.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / steps;
  const share = (ms: number) => `${((100 * ms) / engineMs).toFixed(1)} %`;
  const shown = rowLimit === -1 ? times : times.slice(0, rowLimit);
  const rows = shown.map((time) => [
    ...[time.layer, time.pass, time.operation],
    perStep(time.calls / steps),
    ...[milliseconds(time.totalMs / steps), share(time.totalMs), nodeNames(time)],
  ]);
  const restMs = times.slice(shown.length).reduce((sum, { totalMs }) => sum + totalMs, 0);
  if (times.length > shown.length)
    rows.push([`${times.length - shown.length} more`, "", "", "", milliseconds(restMs / steps), share(restMs), ""]);
  rows.push(["between nodes", "", "", "", milliseconds((engineMs - nodesMs) / steps), share(engineMs - nodesMs), ""]);
  const count = `${steps} ${steps === 1 ? "step" : "steps"} recorded`;
  return [
    `${count}: a step took ${milliseconds(stepMs)}, and the engine was busy for ${milliseconds(engineMs / steps)} of it`,
    ...renderTable([["Layer", "Pass", "Operation", "Calls", "Per step", "Share", "Nodes"], ...rows]),
  ];
}

function operationTimes(nodes: readonly EngineNode[], byShapes: boolean): OperationTime[] {
  const times = new Map<string, OperationTime>();
  const counted = new Set<unknown>();
  for (const { operation, type, durationMs, isInner } of nodes) {
    if (isInner) continue;
    const { layer, type: layerType, region, ...where } = operation?.origin ?? {};
    const pass = where["pass"] ?? (where["part"] === "recording" ? "forward" : (where["part"] ?? ""));
    const name = operation === undefined ? "ONNX Runtime's own" : byShapes ? operation.description : operation.kernel;
    const place = layer === undefined ? (region ?? "") : layer === "" ? `(${layerType})` : `${layer} (${layerType})`;
    const key = JSON.stringify([place, pass, name]);
    const time = times.get(key) ?? { layer: place, pass, operation: name, calls: 0, totalMs: 0, nodes: new Map() };
    times.set(key, time);
    // An operation is one call, however many nodes it has.
    if (operation !== undefined && !counted.has(operation)) time.calls += 1;
    counted.add(operation);
    time.totalMs += durationMs;
    time.nodes.set(type, (time.nodes.get(type) ?? 0) + durationMs);
  }
  return [...times.values()].sort((a, b) => b.totalMs - a.totalMs);
}

/** The operators that took longest. */
function nodeNames({ nodes }: OperationTime): string {
  const names = [...nodes].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return names.length <= NODES_NAMED ? names.join(", ") : `${names.slice(0, NODES_NAMED).join(", ")}, …`;
}

function perStep(calls: number): string {
  return String(Number(calls.toFixed(1)));
}

function milliseconds(ms: number): string {
  return ms < 1 ? `${Math.round(1000 * ms)} µs` : `${ms.toFixed(2)} ms`;
}
