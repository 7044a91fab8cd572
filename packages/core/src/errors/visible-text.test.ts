import { expect, it } from "vitest";
import { LightningError } from "./lightning-error.js";
import { visibleName, visibleText } from "./visible-text.js";

it("shows what a terminal would obey, and keeps line breaks, tabs and all other writing", () => {
  expect(visibleText("a\u001b[2Jb\u0007\u009bc\rd\u0000\u007f\u202ee")).toBe(
    String.raw`a\x1b[2Jb\x07\x9bc\x0dd\x00\x7f\u202ee`,
  );
  expect(visibleText("准确率 é\n\tשלום 🎉 é")).toBe("准确率 é\n\tשלום 🎉 é");
});

it("gives names of files without control characters", () => {
  expect(visibleName("a\nb\u001b]0;c\u0007")).toBe("a_b_]0;c_");
  expect(visibleName("准确率=0.5-v1")).toBe("准确率=0.5-v1");
});

it("is how messages of errors are written", () => {
  const error = new LightningError({
    code: "LIT_X",
    message: "No \u001b[31mkey.",
    received: "\u0007",
    tryThis: "a\nb",
  });
  expect(error.message).toBe(String.raw`No \x1b[31mkey. Received \x07. Try: a` + "\nb");
});
