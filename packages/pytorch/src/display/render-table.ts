import Table from "cli-table3";

/** Columns side by side without frames: a line below the header, one below the last row. */
const FRAMELESS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "─",
  "bottom-mid": "──",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** @param rows the header first */
export function renderTable([header = [], ...rows]: readonly (readonly string[])[]): string[] {
  const table = new Table({
    head: [...header],
    chars: FRAMELESS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  const [first = "", ...others] = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  return [first, others.at(-1) ?? "", ...others];
}
