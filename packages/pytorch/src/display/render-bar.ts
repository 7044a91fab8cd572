const WIDEST_BAR = 24;
/** Columns of the shortest bar that is drawn. Where fewer are left, the metrics get them. */
const NARROWEST_BAR = 8;

export interface BarContent {
  readonly label: string;
  readonly done: number;
  /** `Infinity` when unknown. */
  readonly total: number;
  readonly elapsedMs: number;
  readonly metrics: string;
  readonly columns: number;
  readonly withBar: boolean;
}

/**
 * One line: label, bar, batches, speed, metrics. In a narrow terminal the bar gives way to the metrics; then the line
 * is cut.
 */
export function renderBar({ label, done, total, elapsedMs, metrics, columns, withBar }: BarContent): string {
  const isKnown = Number.isFinite(total);
  const width = String(isKnown ? total : done).length;
  const count = isKnown ? `${String(done).padStart(width)}/${total}` : String(done);
  const facts = [count, timing(done, elapsedMs), metrics].filter((part) => part !== "").join("  ");
  const room = Math.min(WIDEST_BAR, columns - 1 - label.length - facts.length - 4);
  const parts =
    withBar && isKnown && room >= NARROWEST_BAR
      ? [label, bar(total === 0 ? 1 : done / total, room), facts]
      : [label, facts];
  const line = parts.join("  ");
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

function bar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, fraction) * width);
  return "━".repeat(filled) + "─".repeat(width - filled);
}

function timing(done: number, elapsedMs: number): string {
  if (done === 0 || elapsedMs <= 0) return formatTime(elapsedMs);
  const perSecond = (done * 1000) / elapsedMs;
  const speed =
    perSecond >= 1
      ? `${perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1)} batches/s`
      : `${(1 / perSecond).toFixed(1)} s/batch`;
  return `${formatTime(elapsedMs)}  ${speed}`;
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `loss=0.123, acc/1=0.97`: numbers with three digits after the point; of a loader's suffix only its number. */
export function formatMetrics(metrics: Readonly<Record<string, number | string>>): string {
  return Object.entries(metrics)
    .map(
      ([name, value]) =>
        `${name.replace("/dataloader_idx_", "/")}=${typeof value === "string" ? value : formatValue(value)}`,
    )
    .join(", ");
}

function formatValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : value.toFixed(3);
}
