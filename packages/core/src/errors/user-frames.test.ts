import { compileFunction } from "node:vm";
import { describe, expect, it } from "vitest";
import { LightningError } from "./lightning-error.js";
import { hasUserFrame, showUserFirst } from "./user-frames.js";

/** Calls `body` from a file of a user's. */
function inUsersFile<TResult>(body: () => TResult): TResult {
  const users: unknown = compileFunction("function theirs() { return body(); } return theirs();", ["body"], {
    filename: "/home/somebody/train.ts",
  });
  return (users as (given: () => TResult) => TResult)(body);
}

const firstFrame = (error: unknown): string | undefined =>
  error instanceof Error ? error.stack?.split("\n").find((line) => line.trimStart().startsWith("at ")) : undefined;

describe("the stack of an error of ours", () => {
  const make = () => new LightningError({ code: "LIT_X", message: "Two\nlines." });

  it("begins with the user's own frame", () => {
    const error = inUsersFile(make);
    expect(firstFrame(error)).toContain("theirs (/home/somebody/train.ts:1");
    expect(error.stack).toMatch(/^\w*Error: Two\nlines\.\n/);
    expect(hasUserFrame(error)).toBe(true);
  });

  it("stays as it is where nobody's code but ours is on it", () => {
    const error = make();
    expect(firstFrame(error)).toContain("user-frames.test.ts");
    expect(hasUserFrame(error)).toBe(false);
  });
});

it("frames of tfjs are not the user's, where source maps put them beside the program", () => {
  const error = new Error("x");
  const own = "    at step (/home/somebody/app/train.ts:3:4)";
  error.stack = `Error: x\n    at kernelFunc (/home/somebody/app/tfjs-core/src/engine.ts:647:22)\n${own}`;
  showUserFirst(error);
  expect(error.stack).toBe(`Error: x\n${own}`);
});

it("an error can take the user's frames of another one", () => {
  const error = new Error("ours");
  showUserFirst(
    error,
    inUsersFile(() => new Error("theirs")),
  );
  expect(firstFrame(error)).toContain("/home/somebody/train.ts");
  expect(error.stack).toMatch(/^Error: ours\n/);
});

it.each([
  ["without a stack", undefined],
  ["as other engines write it", "fit@https://example.org/app.js:1:2"],
  ["with nothing below the message", "Error: x"],
])("a stack %s stays", (_, stack) => {
  const error = new Error("x");
  error.stack = stack as string;
  showUserFirst(error);
  expect(error.stack).toBe(stack);
  expect(hasUserFrame(error)).toBe(false);
});
