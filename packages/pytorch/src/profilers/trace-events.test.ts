import type { EngineOperation, EngineRun } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import type { RecordedSpan, RecordedStretch } from "./recorded-stretch.js";
import { renderOperations } from "./render-operations.js";
import { traceText } from "./trace-events.js";
import { expectTraceFormat } from "./trace-format-under-test.js";

const span = (action: string, startMs: number, endMs: number): RecordedSpan => ({
  action,
  part: undefined,
  startMs,
  endMs,
});
const linear: EngineOperation = {
  kernel: "lit.Linear",
  description: "lit.Linear(float32[4,8])",
  origin: { layer: "net.0", type: "Linear", pass: "forward" },
};
const gradient: EngineOperation = {
  kernel: "MatMul",
  description: "MatMul(float32[4,8], float32[8,2])",
  origin: { layer: "net.0", type: "Linear", pass: "backward" },
};
const node = (name: string, startMs: number, durationMs: number, operation?: EngineOperation, isInner = false) => {
  return { name, type: name, startMs, durationMs, operation, isInner };
};
const run: EngineRun = {
  kind: "graph",
  startMs: 105,
  durationMs: 10,
  nodes: [
    node("MatMul", 105, 2, linear),
    node("Scan", 107, 3, linear),
    node("Add", 108, 1, linear, true),
    node("Gemm", 110, 4, gradient),
    node("Cast", 114, 0.0004),
  ],
};
const stretch: RecordedStretch = {
  startMs: 100,
  endMs: 120,
  spans: [span("step", 100, 110), span("inside", 101, 110), span("crossing", 105, 115), span("after", 115, 115)],
  runs: [run, { kind: "program", startMs: 116, durationMs: 1, nodes: [node("program", 116, 1, gradient)] }],
};

describe("a trace", () => {
  it("keeps to the format, with what crosses on a row of its own", () => {
    const events = expectTraceFormat(traceText([stretch], { stage: "fit", rank: 2 }));
    expect(events.find(({ name }) => name === "step")).toMatchObject({ ts: 0, dur: 10_000, pid: 2, tid: 1 });
    expect(events.find(({ name }) => name === "inside")).toMatchObject({ tid: 1, cat: "region" });
    expect(events.find(({ name }) => name === "crossing")).toMatchObject({ tid: 2 });
  });

  it("puts nodes into their operation, and that into its run", () => {
    const events = expectTraceFormat(traceText([stretch], { stage: "fit", rank: 0 })).filter(({ tid }) => tid === 1000);
    const text = events.map(({ name, cat, ts, dur }) => `${cat} ${name} ${ts} ${dur}`);
    expect(text).toEqual([
      "run graph 5000 10000",
      "operation net.0: lit.Linear 5000 5000",
      "node MatMul 5000 2000",
      "node Scan 7000 3000",
      "node Add 8000 1000",
      "operation net.0: MatMul (backward) 10000 4000",
      "node Gemm 10000 4000",
      "operation ONNX Runtime's own 14000 0.4",
      "node Cast 14000 0.4",
      "run program 16000 1000",
      "operation net.0: MatMul (backward) 16000 1000",
      "node program 16000 1000",
    ]);
  });
});

describe("the table of operations", () => {
  it("adds up each operation of each layer, and tells what is left between nodes", () => {
    const lines = renderOperations([stretch], { steps: 2, rowLimit: 2, groupByInputShapes: false });
    expect(lines).toEqual([
      "2 steps recorded: a step took 10.00 ms, and the engine was busy for 5.50 ms of it",
      "Layer           Pass      Operation   Calls  Per step  Share   Nodes",
      "────────────────────────────────────────────────────────────────────────────",
      "net.0 (Linear)  forward   lit.Linear  0.5    2.50 ms   45.5 %  Scan, MatMul",
      "net.0 (Linear)  backward  MatMul      0.5    2.50 ms   45.5 %  Gemm, program",
      "1 more                                       0 µs      0.0 %",
      "between nodes                                500 µs    9.1 %",
      "────────────────────────────────────────────────────────────────────────────",
    ]);
  });

  it("tells inputs of different shapes apart where that is wanted", () => {
    const lines = renderOperations([stretch], { steps: 1, rowLimit: -1, groupByInputShapes: true }).join("\n");
    expect(lines).toContain("lit.Linear(float32[4,8])");
    expect(lines).toContain("ONNX Runtime's own");
  });
});
