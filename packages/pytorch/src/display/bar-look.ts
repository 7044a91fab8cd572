import { oneLine } from "./one-line.js";
import { type ColorDepth, richStyle, type Style } from "./rich-style.js";

/** How the parts of a progress bar look. Styles add colours and no width. */
export interface BarLook {
  readonly description: Style;
  readonly bar: Style;
  readonly finishedBar: Style;
  /** A bar that moves where nobody knows how many batches there are; undefined for none. */
  readonly pulse: Style | undefined;
  /** What is left of the bar. */
  readonly rest: Style;
  readonly batches: Style;
  readonly time: Style;
  readonly speed: Style;
  readonly metrics: Style;
  /** Stands between two metrics; with a line break in it each metric gets a line of its own below the bar. */
  readonly delimiter: string;
  readonly formatMetric: (name: string, value: number | string) => string;
}

/** What the bars look like if nothing else is wanted. */
export function plainLook(depth: ColorDepth): BarLook {
  const style = (words: string): Style => richStyle(words, depth) ?? plain;
  const faint = style("dim");
  return {
    description: style("bold"),
    bar: style("cyan"),
    finishedBar: style("green"),
    pulse: undefined,
    rest: faint,
    batches: faint,
    time: faint,
    speed: faint,
    metrics: plain,
    delimiter: ", ",
    formatMetric: (name, value) => `${name}=${typeof value === "string" ? value : formatValue(value)}`,
  };
}

/** Metrics as texts of one line each; of a loader's suffix only its number. */
export function metricTexts(metrics: Readonly<Record<string, number | string>>, { formatMetric }: BarLook): string[] {
  return Object.entries(metrics).map(([name, value]) =>
    oneLine(formatMetric(name.replace("/dataloader_idx_", "/"), value)),
  );
}

function plain(text: string): string {
  return text;
}

/** `0.123`, `1.00e-4`: numbers with three digits after the point. */
function formatValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : value.toFixed(3);
}
