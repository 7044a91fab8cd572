import { expect, it } from "vitest";
import { breakLines } from "./break-lines.js";

it("breaks between words what is wider than the terminal, and nothing else", () => {
  expect(breakLines("Warning: short", 20)).toBe("Warning: short");
  expect(breakLines("Warning: validation repeats  two examples", 20)).toBe(
    "Warning: validation\nrepeats  two\nexamples",
  );
  expect(breakLines("exactly twenty chars", 20)).toBe("exactly twenty chars");
  expect(breakLines("  indented line of some length\nnext", 14)).toBe("  indented\nline of some\nlength\nnext");
});

it("leaves words that are wider than the terminal whole", () => {
  const path = "/runs/lightning_logs/version_7/checkpoints/last.ckpt";
  expect(breakLines(`see ${path} for it`, 20)).toBe(`see\n${path}\nfor it`);
  expect(breakLines(path, 20)).toBe(path);
});
