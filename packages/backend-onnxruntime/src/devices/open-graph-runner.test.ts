import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { encodeModel } from "../onnx-model/encode-model.js";
import { engineAvailability } from "./engine-availability.js";
import { LIBRARY_VARIABLE, locateLibrary } from "../session/library-location.js";
import { openGraphRunner } from "./open-graph-runner.js";
import { OrtApi } from "../session/ort-api.js";

afterEach(() => {
  delete process.env[LIBRARY_VARIABLE];
});

describe("openGraphRunner", () => {
  it("calls the C API where it can", async () => {
    const runner = openGraphRunner();
    expect(runner.name).toMatch(/^onnxruntime C API 1\./);
    await runner.close();
  });

  it("takes the JavaScript interface when it is asked for", async () => {
    const runner = openGraphRunner({ interface: "javascript" });
    expect(runner.isAsynchronous).toBe(false);
    await runner.close();
  });

  it("says which setting names a library that is not there", () => {
    expect(() => openGraphRunner({ libraryPath: "/nowhere/libonnxruntime.so" })).toThrow(
      "no ONNX Runtime library at /nowhere/libonnxruntime.so, which the option libraryPath names",
    );
    process.env[LIBRARY_VARIABLE] = "/elsewhere/libonnxruntime.so";
    expect(() => openGraphRunner()).toThrow(
      `/elsewhere/libonnxruntime.so, which the environment variable ${LIBRARY_VARIABLE} names`,
    );
    expect(engineAvailability()).toMatchObject({
      isAvailable: false,
      reason: expect.stringContaining("/elsewhere/libonnxruntime.so"),
    });
  });

  it("refuses a file that is no ONNX Runtime library", () => {
    expect(() => new OrtApi(process.execPath)).toThrow(EngineUnavailableError);
    expect(() => new OrtApi(process.execPath)).toThrow("could not be loaded as ONNX Runtime's library");
  });

  it("writes a profile of every graph", async () => {
    const folder = mkdtempSync(join(tmpdir(), "profile-"));
    const runner = openGraphRunner({ profilePrefix: join(folder, "run") });
    const inputs = [{ name: "x", dtype: "float32" as const, shape: [4] }];
    const outputs = [{ name: "y", dtype: "float32" as const, shape: [4] }];
    const graph = runner.compile({
      model: encodeModel({
        nodes: [{ name: "Exp of [4]", type: "Exp", inputs: ["x"], outputs: ["y"] }],
        initializers: [],
        inputs,
        outputs,
      }),
      inputs,
      outputs,
    });
    runner.join(runner.start(graph, [runner.allocate(16)], [runner.allocate(16)]));
    await runner.close();
    const [file] = readdirSync(folder);
    expect(readFileSync(join(folder, file ?? ""), "utf8")).toContain("Exp of [4]");
    rmSync(folder, { recursive: true });
  });
});

describe("locateLibrary", () => {
  it("finds the library inside onnxruntime-node", () => {
    expect(locateLibrary()).toMatchObject({
      isFound: true,
      isChosen: false,
      path: expect.stringContaining(join("onnxruntime-node", "bin")),
    });
    expect(engineAvailability()).toEqual({ isAvailable: true });
  });
});
