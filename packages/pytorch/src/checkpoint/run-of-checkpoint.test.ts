import { tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { readRunOf } from "./run-of-checkpoint.js";

const ID = "0123456789abcdef".repeat(2);

it("a checkpoint says which run wrote it, and which part of that run", () => {
  expect(readRunOf({ run: { version: 1, id: ID, part: "b", more: 1 } })).toEqual({ version: 1, id: ID, part: "b" });
});

it.each([
  undefined,
  "run",
  tf.buffer([1], "float32"),
  { id: ID },
  { id: ID, part: 1 },
  { part: "b" },
  { id: 3, part: "b" },
  { id: [ID], part: "b" },
  { id: ID.slice(1), part: "b" },
  { id: `${ID}0`, part: "b" },
  { id: `../${ID}`, part: "b" },
  { id: `${ID}/..`, part: "b" },
  { id: "g".repeat(32), part: "b" },
])("a checkpoint with %j for its run says nothing", (run) => {
  expect(readRunOf(run === undefined ? {} : { run })).toBeUndefined();
});
