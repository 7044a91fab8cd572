import { describe, expect, it } from "vitest";
import { parseProfile } from "./parse-profile.js";

const event = (name: string, ts: number, dur: number, op = "") => ({
  cat: "Node",
  ph: "X",
  name,
  ts,
  dur,
  args: op === "" ? {} : { op_name: op },
});

describe("a profile that ONNX Runtime has written", () => {
  it("has runs in their order, each with its own nodes", () => {
    const text = JSON.stringify([
      event("model_loading_array", 0, 5),
      event("B#1_kernel_time", 22, 3, "Add"),
      event("A#0_kernel_time", 20, 2, "MatMul"),
      event("SequentialExecutor::Execute", 19, 7),
      event("model_run", 18, 9),
      event("A#0_kernel_time", 42, 1, "MatMul"),
      event("model_run", 40, 9),
    ]);
    const runs = parseProfile(text);
    expect(runs.map(({ startUs, nodes }) => [startUs, ...nodes.map(({ name, type }) => `${name} ${type}`)])).toEqual([
      [18, "A#0 MatMul", "B#1 Add"],
      [40, "A#0 MatMul"],
    ]);
  });

  it("tells nodes within a node, but not those that begin where it ends or take no time at all", () => {
    const text = JSON.stringify([
      event("model_run", 0, 100),
      event("Scan_kernel_time", 10, 20, "Scan"),
      event("Body_kernel_time", 10, 5, "Add"),
      event("Body_kernel_time", 29, 1, "Mul"),
      event("Next_kernel_time", 30, 0, "Cast"),
      event("Last_kernel_time", 30, 4, "Exp"),
    ]);
    const [run] = parseProfile(text);
    expect(run?.nodes.map(({ type, isInner }) => [type, isInner])).toEqual([
      ["Scan", false],
      ["Add", true],
      ["Mul", true],
      ["Exp", false],
      ["Cast", true],
    ]);
  });

  it("gives what begins on the edge of two runs to the second, and keeps what is rounded beyond the end", () => {
    const text = JSON.stringify([
      event("before_kernel_time", 0, 2, "Cast"),
      event("model_run", 10, 10),
      event("A_kernel_time", 10, 10, "MatMul"),
      event("model_run", 20, 10),
      event("B_kernel_time", 20, 4, "Add"),
      event("model_run", 40, 10),
      event("C_kernel_time", 45, 6, "Exp"),
      event("after_kernel_time", 60, 5, "Cast"),
    ]);
    expect(parseProfile(text).map(({ nodes }) => nodes.map(({ type }) => type))).toEqual([
      ["MatMul"],
      ["Add"],
      ["Exp"],
    ]);
  });

  it("is refused where it is no list", () => {
    expect(() => parseProfile("{}")).toThrow("a profile is a list of events");
    expect(() => parseProfile("[{")).toThrow(SyntaxError);
    expect(parseProfile("[]")).toEqual([]);
  });
});
