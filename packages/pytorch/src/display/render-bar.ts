import stringWidth from "string-width";
import { oneLine } from "./one-line.js";
import type { Paint } from "./paint.js";

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
  /** Such as `loss=0.123`. */
  readonly metrics: readonly string[];
  readonly columns: number;
  readonly withBar: boolean;
  readonly paint: Paint;
}

/**
 * Label, bar, batches, time, speed and metrics in one line, where the bar gives way to the metrics. Metrics that do not
 * fit at all stand on lines of their own below it. Each line is shorter than the terminal is wide.
 */
export function renderBar(content: BarContent): string[] {
  const { label, metrics, columns, paint } = content;
  const facts = `${count(content)}${GAP}${timing(content)}`;
  const shown = metrics.join(", ");
  const fits = stringWidth([label, facts, shown].join(GAP)) < columns;
  const behind = fits && shown !== "" ? [shown] : [];
  const room = columns - 1 - stringWidth([label, "", facts, ...behind].join(GAP));
  const drawn = content.withBar && room >= NARROWEST_BAR ? bar(content, Math.min(WIDEST_BAR, room)) : [];
  const width = stringWidth([label, facts].join(GAP));
  const line =
    width < columns
      ? [paint.label(label), ...drawn, paint.faint(facts), ...behind].join(GAP)
      : cut(`${label}${GAP}${facts}`, columns);
  return [line, ...(fits ? [] : wrap(metrics, columns))];
}

function count({ done, total }: BarContent): string {
  return Number.isFinite(total) ? `${String(done).padStart(String(total).length)}/${total}` : String(done);
}

function bar({ done, total, paint }: BarContent, width: number): string[] {
  if (!Number.isFinite(total)) return [];
  const filled = total === 0 ? width : Math.round(Math.min(1, done / total) * width);
  const colour = done >= total ? paint.done : paint.going;
  return [colour("━".repeat(filled)) + paint.faint("─".repeat(width - filled))];
}

/** Time so far, time that is left by the speed so far, and that speed. */
function timing({ done, total, elapsedMs }: BarContent): string {
  if (done === 0 || elapsedMs <= 0) return formatTime(elapsedMs);
  const perSecond = (done * 1000) / elapsedMs;
  const speed =
    perSecond >= 1
      ? `${perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1)} batches/s`
      : `${(1 / perSecond).toFixed(1)} s/batch`;
  const isGoing = Number.isFinite(total) && done < total;
  const left = isGoing ? ` < ${formatTime(((total - done) * 1000) / perSecond)}` : "";
  return `${formatTime(elapsedMs)}${left}${GAP}${speed}`;
}

/** Lines of metrics, indented; one that is wider than the terminal is cut. */
function wrap(metrics: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const metric of metrics) {
    const last = lines.at(-1);
    const longer = last === undefined ? "" : `${last}, ${metric}`;
    if (last !== undefined && stringWidth(longer) < columns) lines[lines.length - 1] = longer;
    else lines.push(cut(`${GAP}${metric}`, columns));
  }
  return lines;
}

function cut(line: string, columns: number): string {
  if (stringWidth(line) < columns) return line;
  let kept = "";
  for (const character of line) {
    if (stringWidth(kept + character) > columns - 2) break;
    kept += character;
  }
  return `${kept}…`;
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `loss=0.123`, `acc/1=0.97`: numbers with three digits after the point; of a loader's suffix only its number. */
export function formatMetrics(metrics: Readonly<Record<string, number | string>>): string[] {
  return Object.entries(metrics).map(([name, value]) =>
    oneLine(`${name.replace("/dataloader_idx_", "/")}=${typeof value === "string" ? value : formatValue(value)}`),
  );
}

function formatValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : value.toFixed(3);
}
