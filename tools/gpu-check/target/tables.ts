import type { Outcome } from "./run-check.js";

/** One line for each check: how it ended, and the number that matters. */
export function checkTable(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter(({ check }) => !check.startsWith("times"))
    .map(({ check, seconds, records, problem }) => {
      const last = records.at(-1) ?? {};
      const mark = problem === undefined ? "ok  " : "FAIL";
      return `${mark} ${check.padEnd(28)} ${String(seconds).padStart(6)} s  ${summaryOf(last) || (problem ?? "").replace(/\s+/g, " ").slice(0, 160)}`;
    })
    .join("\n");
}

function summaryOf(record: Record<string, unknown>): string {
  if ("worst" in record) return `worst difference ${JSON.stringify(record["worst"])}`;
  if (record["part"] === "uploads") return uploadSummary(record);
  if ("failures" in record)
    return `${String(record["passed"])} passed, ${String(record["failed"])} failed, ${String(record["skipped"])} skipped`;
  if ("worstDifference" in record)
    return `${JSON.stringify(record["device"])} worst ${JSON.stringify(record["worstDifference"])}`;
  return Object.keys(record).length === 0 ? "" : JSON.stringify(record).slice(0, 160);
}

/** Gigabytes a second of each size, without and with page-locked memory; or what was wrong. */
function uploadSummary({ warnings, wrongValues, times }: Record<string, unknown>): string {
  const wrong = [warnings, wrongValues].filter((list) => Array.isArray(list) && list.length > 0);
  const seen: Record<string, unknown>[] = Array.isArray(times) ? times : [];
  const sizes = seen.map((size) => {
    const [plain, pinned] = ["plain", "pinned"].map((way) => numberOf(Object(size[way]), "gigabytesPerSecond"));
    return `${cell(numberOf(size, "bytes") / 2 ** 20, 0, 2)} MiB ${cell(plain, 0, 1)} → ${cell(pinned, 0, 1)} GB/s`;
  });
  return [...wrong.map((list) => JSON.stringify(list).slice(0, 160)), ...sizes].join(", ");
}

/** Milliseconds a step, by workload and peer, and how many times PyTorch's. */
export function timeTable(outcomes: readonly Outcome[]): string {
  const records = outcomes.filter(({ check }) => check.startsWith("times")).flatMap((outcome) => outcome.records);
  if (records.length === 0) return "";
  const header = `${"workload".padEnd(10)} ${"peer".padEnd(20)} ${"median".padStart(9)} ${"best".padStart(9)} ${"JS".padStart(7)} ${"first".padStart(8)}  × PyTorch`;
  const rows = records.map((record) => {
    const torch = records.find((other) => other["workload"] === record["workload"] && other["peer"] === "pytorch");
    const start = `${String(record["workload"]).padEnd(10)} ${String(record["peer"]).padEnd(20)}`;
    if ("problem" in record) return `${start} ${String(record["problem"]).slice(0, 140)}`;
    const ratio = numberOf(record, "medianMs") / (torch === undefined ? NaN : numberOf(torch, "medianMs"));
    const different = "different" in record ? `  ${String(record["different"])}` : "";
    const {
      0: median,
      1: best,
      2: host,
      3: first,
    } = ["medianMs", "bestMs", "hostMs", "firstMs"].map((key) => numberOf(record, key));
    return `${start} ${cell(median, 9, 3)} ${cell(best, 9, 3)} ${cell(host, 7, 2)} ${cell(first, 8, 0)}  ${ratio.toFixed(2)}${different}`;
  });
  return ["milliseconds a step", header, ...rows].join("\n");
}

function numberOf(record: Record<string, unknown>, key: string): number {
  const value = record[key];
  return typeof value === "number" ? value : NaN;
}

function cell(value: number | undefined, width: number, digits: number): string {
  return (value === undefined || Number.isNaN(value) ? "" : value.toFixed(digits)).padStart(width);
}
