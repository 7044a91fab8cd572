import type { MachineSpeed } from "../limits/machine-speed.js";
import type { PeerResult } from "../measure.js";
import type { Spread } from "./spread.js";
import type { WorkloadReport } from "./step-report.js";

/** Ratios are to this peer's median, to its best turn, and to the least processor time of a turn. */
const YARDSTICK = "pytorch";

const HEADINGS = [
  "peer",
  "median",
  "quartiles",
  "best",
  "processor",
  "JavaScript",
  "first step",
  "ratio",
  "ratio of best",
  "of processor",
];

/** One workload's results as lines of text, milliseconds a step. */
export function tableOf(results: readonly PeerResult[]): string {
  const yardstick = results.find((result) => result.peer === YARDSTICK);
  const rows = results.map((result) => {
    if (!result.isMeasured) return [result.peer, `not measured: ${firstLine(result.reason)}`];
    const { stepMs, cpuMs, hostMs, firstMs } = result;
    const processor = yardstick?.isMeasured === true ? (cpuMs.min / yardstick.cpuMs.min).toFixed(2) : "";
    const ratio = (of: "median" | "min") =>
      yardstick?.isMeasured === true ? (stepMs[of] / yardstick.stepMs[of]).toFixed(2) : "";
    const quartiles = `${ms(stepMs.lowerQuartile)} – ${ms(stepMs.upperQuartile)}`;
    return [
      result.peer,
      ms(stepMs.median),
      quartiles,
      ms(stepMs.min),
      ms(cpuMs.min),
      hostMs === null ? "" : ms(hostMs.min),
      ms(firstMs),
      ratio("median"),
      ratio("min"),
      processor,
    ];
  });
  const widths = HEADINGS.map((_, column) =>
    Math.max(...[HEADINGS, ...rows.filter((row) => row.length > 2)].map((row) => row[column]?.length ?? 0)),
  );
  return [HEADINGS, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(row.length > 2 ? (widths[column] ?? 0) : 0),
        )
        .join("  "),
    )
    .join("\n");
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(3) : value.toFixed(1);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

export function speedInWords({ multiplicationsPerMs, bytesPerMs }: MachineSpeed): string {
  const [gigaflops, gigabytes] = [(2 * multiplicationsPerMs) / 1e6, bytesPerMs / 1e6];
  return `This machine now: products ${gigaflops.toFixed(0)} GFLOP/s, memory ${gigabytes.toFixed(1)} GB/s.`;
}

/** How far the first peer that was measured is from what the machine allows. */
export function limitInWords({ limitMs, results }: WorkloadReport): string {
  const first = results.find((result) => result.isMeasured);
  const factor =
    first?.isMeasured === true ? `; ${first.peer}'s best is ${(first.stepMs.min / limitMs).toFixed(1)} times that` : "";
  return `The machine's limit, products and weights alone: ${ms(limitMs)}${factor}.`;
}

/** Where the cores lay during the rounds: figures can only be compared with those of the same distance. */
export function distanceInWords(apartNs: Spread | null = null): string {
  if (apartNs === null) return "How far cores are from each other is not known: there is one, or they were too busy.";
  const [least, median, most] = [apartNs.min, apartNs.median, apartNs.max].map((ns) => ns.toFixed(0));
  return `From one core to another and back: ${median} ns (${least} – ${most}).`;
}
