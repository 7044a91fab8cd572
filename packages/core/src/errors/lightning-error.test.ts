import { EngineError, FusedKernelError } from "@lightning-ts/backend-onnxruntime";
import { describe, expect, it } from "vitest";
import { FreedGraphError } from "./freed-graph-error.js";
import { LightningError } from "./lightning-error.js";
import { ModifiedVariableError } from "./modified-variable-error.js";
import { ShapeError } from "./shape-error.js";

describe("LightningError", () => {
  it("says what happened, what was expected, what was received and what to try", () => {
    const error = new LightningError({
      code: "LIT_X",
      message: "It broke.",
      expected: "1",
      received: "2",
      tryThis: "3.",
    });
    expect(error.message).toBe("It broke. Expected 1. Received 2. Try: 3.");
    expect([error.code, error.name]).toEqual(["LIT_X", "LightningError"]);
  });

  it("leaves out what it is not given", () => {
    const error = new LightningError({ code: "LIT_X", message: "It broke." });
    expect(error.message).toBe("It broke.");
    expect("cause" in error).toBe(false);
    expect(new LightningError({ code: "LIT_X", message: "", cause: 7 }).cause).toBe(7);
  });

  it("knows its classes by instanceof, and each class only its own", () => {
    const error: unknown = new FreedGraphError("Relu");
    expect(error instanceof LightningError && error instanceof FreedGraphError && error instanceof Error).toBe(true);
    expect(error instanceof ModifiedVariableError).toBe(false);
    expect([new Error(""), {}, null, undefined, "text", 1].some((value) => value instanceof LightningError)).toBe(
      false,
    );
  });

  it("holds for the engine's errors, which come from a package that does not depend on it", () => {
    for (const error of [new EngineError({ code: "LIT_ENGINE_X", message: "" }), new FusedKernelError("")]) {
      expect(error instanceof LightningError && LightningError.isInstance(error) && EngineError.isInstance(error)).toBe(
        true,
      );
    }
    expect(EngineError.isInstance(new FreedGraphError("Relu"))).toBe(false);
    expect([null, undefined, new Error("")].some((value) => EngineError.isInstance(value))).toBe(false);
    expect(new EngineError({ code: "LIT_ENGINE_X", message: "" }) instanceof FreedGraphError).toBe(false);
  });

  it("gives the shapes that a shape error speaks of as fields that nobody else can change", () => {
    const shape = [2, 3];
    const error = new ShapeError({ message: "", expected: "", received: "", shapes: [shape] });
    shape[0] = 9;
    expect(error.shapes).toEqual([[2, 3]]);
    expect(error.code).toBe("LIT_SHAPE");
  });
});
