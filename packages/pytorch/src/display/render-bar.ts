import type { BarLook } from "./bar-look.js";
import { cut } from "./cut.js";
import type { Style } from "./rich-style.js";
import { textWidth } from "./text-width.js";

const GAP = "  ";
const WIDEST_BAR = 24;
/** Columns of the shortest bar that is drawn. Where fewer are left, the metrics get them. */
const NARROWEST_BAR = 8;

export interface BarContent {
  readonly label: string;
  readonly done: number;
  /** `Infinity` when unknown. */
  readonly total: number;
  readonly elapsedMs: number;
  /** Batches that were done before the time began. @default 0 */
  readonly before?: number | undefined;
  /** Such as `loss=0.123`. */
  readonly metrics: readonly string[];
  readonly columns: number;
  readonly withBar: boolean;
  readonly look: BarLook;
}

/**
 * Label, bar, batches, time, speed and metrics in one line, where the bar gives way to the metrics. Metrics that do not
 * fit at all stand on lines of their own below it. Each line is shorter than the terminal is wide.
 */
export function renderBar(content: BarContent): string[] {
  const { label, metrics, columns, look } = content;
  const facts = factsOf(content);
  // A file has one line for all of it.
  const shown = metrics.join(content.withBar ? look.delimiter : look.delimiter.replaceAll("\n", " "));
  const plainFacts = facts.map(({ text }) => text).join(GAP);
  const isBelow = content.withBar && metrics.length > 0 && look.delimiter.includes("\n");
  const fits = !isBelow && textWidth([label, plainFacts, shown].join(GAP)) < columns;
  const behind = fits && shown !== "" ? [shown] : [];
  const room = columns - 1 - textWidth([label, "", plainFacts, ...behind].join(GAP));
  const drawn = content.withBar && room >= NARROWEST_BAR ? bar(content, Math.min(WIDEST_BAR, room)) : [];
  const painted = facts.map(({ text, style }) => style(text));
  const line =
    textWidth([label, plainFacts].join(GAP)) < columns
      ? [look.description(label), ...drawn, ...painted, ...behind.map(look.metrics)].join(GAP)
      : cut(`${label}${GAP}${plainFacts}`, columns - 1);
  return [line, ...(fits ? [] : wrap(content).map(look.metrics))];
}

/** Batches, times and speed, with their styles. */
function factsOf({
  done,
  total,
  elapsedMs,
  before = 0,
  look,
}: BarContent): { readonly text: string; readonly style: Style }[] {
  const isEndless = !Number.isFinite(total);
  const batches = isEndless ? String(done) : `${String(done).padStart(String(total).length)}/${total}`;
  const facts = [{ text: batches, style: look.batches }];
  if (done <= before || elapsedMs <= 0) return [...facts, { text: formatTime(elapsedMs), style: look.time }];
  const perSecond = ((done - before) * 1000) / elapsedMs;
  const left = isEndless || done >= total ? "" : ` < ${formatTime(((total - done) * 1000) / perSecond)}`;
  const time = { text: `${formatTime(elapsedMs)}${left}`, style: look.time };
  return [...facts, time, { text: speedText(perSecond), style: look.speed }];
}

function speedText(perSecond: number): string {
  if (perSecond < 1) return `${(1 / perSecond).toFixed(1)} s/batch`;
  return `${perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1)} batches/s`;
}

function bar({ done, total, look }: BarContent, width: number): string[] {
  if (!Number.isFinite(total)) return look.pulse === undefined ? [] : [pulse(done, width, look.pulse, look.rest)];
  const filled = total === 0 ? width : Math.round(Math.min(1, done / total) * width);
  const style = done >= total ? look.finishedBar : look.bar;
  return [style("━".repeat(filled)) + look.rest("─".repeat(width - filled))];
}

/** A piece that wanders along the bar with the batches. */
function pulse(done: number, width: number, style: Style, rest: Style): string {
  const length = Math.max(1, Math.floor(width / 4));
  const start = done % (width - length + 1);
  return rest("─".repeat(start)) + style("━".repeat(length)) + rest("─".repeat(width - length - start));
}

/** Lines of metrics, indented; one that is wider than the terminal is cut. */
function wrap({ metrics, columns, look: { delimiter } }: BarContent): string[] {
  const lines: string[] = [];
  for (const metric of metrics) {
    const last = lines.at(-1);
    const longer = last === undefined || delimiter.includes("\n") ? undefined : `${last}${delimiter}${metric}`;
    if (longer !== undefined && textWidth(longer) < columns) lines[lines.length - 1] = longer;
    else lines.push(cut(`${GAP}${metric}`, columns - 1));
  }
  return lines;
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
