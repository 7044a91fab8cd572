import { describe, expect, it } from "vitest";
import { testGraphRunner } from "../devices/testing/test-graph-runner.js";
import { JavaScriptRunner } from "../devices/javascript/javascript-runner.js";
import { locateLibrary } from "./library-location.js";
import { openGraphRunner } from "../devices/open-graph-runner.js";
import { openRuntime } from "./ort-runtime.js";

// Somebody else, here the package's own interface, uses the library first and so makes the process's environment.
const earlier = new JavaScriptRunner();

testGraphRunner({ name: "CpuRunner beside an earlier user of the library", create: () => openGraphRunner() });

describe("openRuntime", () => {
  const location = locateLibrary();
  const libraryPath = location.isFound ? location.path : "";

  it("sees that the environment is not ours", () => {
    expect(openRuntime({ libraryPath }).isPoolShared).toBe(false);
    expect(earlier.name).toContain("JavaScript");
  });

  it("refuses another number of threads once they have started", () => {
    const { threads } = openRuntime({ libraryPath });
    expect(openRuntime({ libraryPath, threads })).toBe(openRuntime({ libraryPath }));
    expect(() => openRuntime({ libraryPath, threads: threads + 1 })).toThrow(
      `Expected ${threads} threads, as at the first use. Received ${threads + 1}.`,
    );
  });

  it("refuses a number of threads that is none", () => {
    expect(() => openRuntime({ libraryPath, threads: 0 })).toThrow("Expected an integer of at least 1. Received 0.");
  });

  it("refuses a second library", () => {
    expect(() => openRuntime({ libraryPath: "/another/libonnxruntime.so" })).toThrow("one ONNX Runtime library");
  });
});
