import { describe, expect, it } from "vitest";
import { rejectUnknownOptions } from "./reject-unknown-options.js";

/** As a caller without types would. */
const untyped = (value: unknown): never => value as never;

describe("options of anything", () => {
  it("have known names, and the nearest is suggested", () => {
    expect(() => rejectUnknownOptions("Thing", { sise: 1 }, ["size", "weight"])).toThrow(
      /Thing has no option "sise".*size \(did you mean that\?\)/,
    );
    expect(() => rejectUnknownOptions("Thing", { size: 1 }, ["size"])).not.toThrow();
  });

  it.each([[null], [undefined], [3], ["size"], [[1]]])("are an object, not %s", (value) => {
    expect(() => rejectUnknownOptions("Thing", untyped(value), ["size"])).toThrow(/Thing takes an object of options/);
  });
});
