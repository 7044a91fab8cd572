import { expect, it } from "vitest";
import { optionsPage } from "./options-page.js";

it("has a row for each option, with values, default, environment variable and what it does", () => {
  expect(optionsPage()).toContain(
    "| `maxSteps` | a whole number of at least 0, or -1 | `-1` | `PL_TRAINER_MAX_STEPS` | Stop after this many optimizer steps; `-1` for no limit. |\n",
  );
});

it("says which of Lightning's options are accepted, and what stands in for old names", () => {
  const page = optionsPage();
  expect(page).toContain("| `inferenceMode` | `true` | evaluation never records gradients: leave it out |\n");
  expect(page).toContain("| `gpus` | `devices` |\n");
});

it("has tables whose rows have as many cells as their heads", () => {
  const widths: number[] = [];
  for (const block of optionsPage()
    .split("\n\n")
    .filter((text) => text.startsWith("| "))) {
    const cells = block
      .trimEnd()
      .split("\n")
      .map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(new Set(cells).size).toBe(1);
    widths.push(cells[0] ?? 0);
  }
  expect(widths).toEqual([7, 5, 4]);
});
