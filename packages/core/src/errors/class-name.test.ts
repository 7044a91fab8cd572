import { describe, expect, it } from "vitest";
import { classNameOf } from "./class-name.js";
import { LightningError } from "./lightning-error.js";

describe("classNameOf", () => {
  it("is the class's own name, without what a bundler puts before it", () => {
    class _Net {}
    expect([classNameOf(new _Net()), classNameOf(new Map()), classNameOf({})]).toEqual(["Net", "Map", "Object"]);
  });

  it("calls a class without a name after the nearest one that has one", () => {
    class Net {}
    expect(classNameOf(new (class extends Net {})())).toBe("anonymous Net");
  });

  it("has words for an object without a class", () => {
    expect(classNameOf(Object.create(null))).toBe("a class without a name");
    expect(classNameOf(Object.create({ constructor: undefined }))).toBe("anonymous Object");
  });
});

it("names errors as their class is called in the source", () => {
  class _DiskError extends LightningError {}
  const error = new _DiskError({ code: "LIT_DISK", message: "The disk is full." });
  expect([error.name, String(error)]).toEqual(["DiskError", "DiskError: The disk is full."]);
});
