import { renderTable } from "../display/render-table.js";
import type { StepPart } from "./step-part.js";

/** What each part is, for people who have not read this code. */
const WORDS: Readonly<Record<StepPart, string>> = {
  data: "data: the next batch of the loader",
  transfer: "transfer: batch to the device",
  recording: "recording: trainingStep and backward",
  graph: "graph: waiting for the device",
  update: "update: clipping and optimizer",
  hooks: "other hooks of module and data module",
  callbacks: "callbacks",
  logging: "logging: reading metrics, loggers",
  validation: "validation",
  checkpoints: "checkpoints",
  loop: "the Trainer's own loop",
};

/** Where the time of a training step goes, as a table. */
export function renderParts(totals: ReadonlyMap<StepPart, number>, steps: number): string[] {
  const all = [...totals.values()].reduce((sum, ms) => sum + ms, 0);
  const rows = [...totals]
    .sort(([, a], [, b]) => b - a)
    .map(([part, ms]) => [WORDS[part], perStep(ms / steps), `${((100 * ms) / all).toFixed(1)} %`]);
  const title = `Where the time of a training step goes (${steps} ${steps === 1 ? "step" : "steps"})`;
  return [title, ...renderTable([["Part", "Per step", "Share"], ...rows, ["all", perStep(all / steps), "100 %"]])];
}

function perStep(ms: number): string {
  return ms < 1 ? `${(1000 * ms).toFixed(0)} µs` : `${ms.toFixed(2)} ms`;
}
