import { describe, expect, it } from "vitest";
import { type ColorDepth, richStyle } from "./rich-style.js";

const painted = (words: string, depth: ColorDepth) => richStyle(words, depth)?.("x").replaceAll("\u001b[", "~");

describe("a style in Rich's words", () => {
  it.each([
    ["bold magenta", 4, "~1m~35mx~39m~22m"],
    ["b i u r s", 4, "~1m~3m~4m~7m~9mx~29m~27m~24m~23m~22m"],
    ["red on bright_blue", 4, "~31m~104mx~49m~39m"],
    ["dim underline", 24, "~2m~4mx~24m~22m"],
    ["#6206E0", 24, "~38;2;98;6;224mx~39m"],
    ["#6206E0", 8, "~38;5;92mx~39m"],
    ["#6206E0", 4, "~34mx~39m"],
    ["rgb(98, 6, 224) on grey11", 24, "~38;2;98;6;224m~48;5;234mx~49m~39m"],
    ["green_yellow", 8, "~38;5;154mx~39m"],
    ["green_yellow", 4, "~93mx~39m"],
    ["color(5)", 8, "~35mx~39m"],
    ["Bold RED", 4, "~1m~31mx~39m~22m"],
    ["blink2 overline", 4, "~6m~53mx~55m~25m"],
  ] as const)("%s with %d bits", (words, depth, text) => {
    expect(painted(words, depth)).toBe(text);
  });

  it("adds nothing without colours, for no words, and to no text", () => {
    expect(painted("bold #6206E0", 1)).toBe("x");
    for (const words of ["", "none", "default", " "]) expect(painted(words, 24)).toBe("x");
    expect(richStyle("bold", 4)?.("")).toBe("");
  });

  it.each([
    "bolt",
    "bold reed",
    "#12345",
    "#gggggg",
    "rgb(1,2)",
    "rgb(1,2,256)",
    "color(256)",
    "on",
    "red on",
    "on on red",
    "on bold",
  ])("%s says none", (words) => {
    expect(richStyle(words, 24)).toBeUndefined();
    expect(richStyle(words, 1)).toBeUndefined();
  });
});
