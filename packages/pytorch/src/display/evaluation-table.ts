import { renderTable } from "./render-table.js";

/** The results of `validate` or `test` as a table: a row for each metric, a column for each loader. */
export function renderEvaluation(
  stage: "validate" | "test",
  results: readonly Readonly<Record<string, number>>[],
): string {
  const columns = results.map(
    (metrics, index) =>
      new Map(Object.entries(metrics).map(([name, value]) => [name.replace(`/dataloader_idx_${index}`, ""), value])),
  );
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort();
  const header = [
    stage === "validate" ? "Validate metric" : "Test metric",
    ...columns.map((_, index) => `DataLoader ${index}`),
  ];
  const rows = names.map((name) => [name, ...columns.map((column) => formatCell(column.get(name)))]);
  return renderTable([header, ...rows]).join("\n");
}

function formatCell(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(8)));
}
