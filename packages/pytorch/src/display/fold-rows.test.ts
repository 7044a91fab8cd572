import stringWidth from "string-width";
import { expect, it } from "vitest";
import { foldRows } from "./fold-rows.js";
import { renderTable } from "./render-table.js";

const ROWS = [
  ["Action", "Mean duration (s)", "Num calls", "Percentage %"],
  ["Total", "-", "1234", "100.00"],
  ["[LightningModule]LitClassifier.optimizerStep", "0.0012345", "300", "61.20"],
  ["[Callback]a name that never ends and has no dots {x}", "3e-7", "1", "0.10"],
];

function drawn(columns: number): string[] {
  const { header, body } = foldRows(ROWS, columns);
  return renderTable([...header, ...body], undefined, header.length);
}

it("leaves rows that fit as they are", () => {
  expect(foldRows(ROWS, 100)).toEqual({ header: [ROWS[0]], body: ROWS.slice(1) });
});

it("puts words of the header below one another, and goes on with long names in further rows", () => {
  expect(drawn(60)).toEqual([
    "Action                    Mean          Num    Percentage",
    "                          duration (s)  calls  %",
    "─────────────────────────────────────────────────────────",
    "Total                     -             1234   100.00",
    "[LightningModule]         0.0012345     300    61.20",
    "  LitClassifier.",
    "  optimizerStep",
    "[Callback]a name that     3e-7          1      0.10",
    "  never ends and has no",
    "  dots {x}",
    "─────────────────────────────────────────────────────────",
  ]);
});

it.each([50, 60, 70, 80])("fits into %d columns", (columns) => {
  for (const line of drawn(columns)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
});

it("keeps all that a name says", () => {
  const { body } = foldRows(ROWS, 60);
  const names = body.map(([name = ""]) => name.replace(/^ {2}/, "")).join("");
  expect(names).toBe(
    ROWS.slice(1)
      .map(([name]) => name)
      .join(""),
  );
});
