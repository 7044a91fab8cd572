import { LightningError } from "@lightning-ts/core";
import { fileError } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { adviceOnWriting, isFileError } from "./file-error.js";

describe("isFileError", () => {
  it("knows what an operating system throws from everything else", () => {
    expect(isFileError(fileError("ENOSPC", "disk full"))).toBe(true);
    const others = [new Error("ENOSPC"), { code: "EIO" }, Object.assign(new Error("x"), { code: 5 }), undefined];
    for (const other of others) expect(isFileError(other)).toBe(false);
    expect(isFileError(Object.assign(new Error("x"), { code: "ERR_ASSERTION_" }))).toBe(false);
    expect(isFileError(new LightningError({ code: "EIO", message: "ours" }))).toBe(false);
  });
});

describe("adviceOnWriting", () => {
  it.each([
    { code: "ENOSPC", advice: "free some space" },
    { code: "EDQUOT", advice: "free some space" },
    { code: "EROFS", advice: "may write to" },
    { code: "EACCES", advice: "may write to" },
    { code: "EIO", advice: "checking the disk" },
  ])("fits $code", ({ code, advice }) => {
    expect(adviceOnWriting(fileError(code, "no"))).toContain(advice);
  });
});
