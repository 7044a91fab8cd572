import type { PeerResult } from "../measure.js";
import { distanceInWords, speedInWords } from "./table.js";
import type { StepReport, WorkloadReport } from "./step-report.js";

const STYLE = `
body {
  font: 15px/1.5 system-ui, sans-serif; color: #1f2430; background: #fff;
  margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
}
h2 { margin: 2rem 0 0; font-size: 1.1rem; }
p { margin: 0.2rem 0 0.6rem; color: #5a6270; }
.row { display: grid; grid-template-columns: 8rem 1fr 15rem; gap: 0.8rem; align-items: center; margin: 0.25rem 0; }
.track { position: relative; height: 1.1rem; background: #f1f3f6; border-radius: 3px; }
.bar { position: absolute; inset: 0 auto 0 0; border-radius: 3px; background: #a3adbb; }
.first .bar { background: #792ee5; }
.spread { position: absolute; top: 45%; height: 10%; background: #1f2430; }
.limit { position: absolute; top: -0.2rem; bottom: -0.2rem; width: 0; border-left: 2px dashed #e0573e; }
.figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e9ef; background: #14171d; }
  p { color: #9aa3b2; }
  .track { background: #232833; }
  .spread { background: #e6e9ef; }
}`;

/** The report as a page of its own: a bar for the median of every peer, a line for its quartiles. */
export function pageOf(report: StepReport): string {
  const { machine, options, speed, workloads } = report;
  const about = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}; ${options.threads} threads, ${options.rounds} turns of ${options.turnMs} ms, peers in turns.`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lightning-ts: milliseconds a step</title>
<style>${STYLE}</style>
<h1>Milliseconds a step</h1>
<p>${escaped(about)} ${escaped(speedInWords(speed))} Bars are medians, thin lines go from the lower to the upper quartile, dashed lines are what the machine's products and memory allow.</p>
${workloads.map(section).join("\n")}
</html>
`;
}

function section(workload: WorkloadReport): string {
  const { name, description, limitMs, coresApartNs, results } = workload;
  const widest = Math.max(limitMs, ...results.map((result) => (result.isMeasured ? result.stepMs.upperQuartile : 0)));
  const yardstick = results.find(({ peer }) => peer === "pytorch");
  const rows = results.map((result, index) => row(result, { index, widest, limitMs, yardstick }));
  return `<section><h2>${escaped(name)}</h2><p>${escaped(description)}. ${escaped(distanceInWords(coresApartNs))}</p>\n${rows.join("\n")}\n</section>`;
}

interface RowContext {
  readonly index: number;
  /** Milliseconds that fill the row. */
  readonly widest: number;
  readonly limitMs: number;
  readonly yardstick: PeerResult | undefined;
}

function row(result: PeerResult, { index, widest, limitMs, yardstick }: RowContext): string {
  const cell = (content: string, figure: string) =>
    `<div class="row${index === 0 ? " first" : ""}"><span>${escaped(result.peer)}</span>${content}<span class="figure">${escaped(figure)}</span></div>`;
  if (!result.isMeasured) return cell(`<span>${escaped(result.reason)}</span>`, "not measured");
  const { median, lowerQuartile, upperQuartile } = result.stepMs;
  const percent = (milliseconds: number) => `${((100 * milliseconds) / widest).toFixed(2)}%`;
  const ratio = yardstick?.isMeasured === true ? `, ${(median / yardstick.stepMs.median).toFixed(2)} of PyTorch` : "";
  const track = `<div class="track"><div class="bar" style="width:${percent(median)}"></div><div class="spread" style="left:${percent(lowerQuartile)};width:${percent(upperQuartile - lowerQuartile)}"></div><div class="limit" style="left:${percent(limitMs)}"></div></div>`;
  return cell(track, `${median.toPrecision(3)} ms${ratio}`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
