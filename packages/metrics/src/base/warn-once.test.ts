import { expect, it, vi } from "vitest";
import { forgetWarnings, warnOnce } from "./warn-once.js";

it("says a text once, and again when it is told to forget", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  warnOnce("one");
  warnOnce("one");
  warnOnce("two");
  expect(warn.mock.calls).toEqual([["Warning: one"], ["Warning: two"]]);
  forgetWarnings();
  warnOnce("one");
  expect(warn).toHaveBeenCalledTimes(3);
  warn.mockRestore();
});
