import { rejectUnknownOptions } from "@lightning-ts/core";
import type { BarLook } from "../display/bar-look.js";
import { type ColorDepth, richStyle, type Style } from "../display/rich-style.js";
import { badOption } from "../errors/bad-option.js";
import { findUnknownFormat, formatNumber } from "./checkpoint-name.js";

/** Styles in Rich's words, such as `"bold magenta"` or `"#6206E0"`. */
export interface RichProgressBarThemeOptions {
  /** What stands before the bar: the epoch, or the stage. @default "" */
  readonly description?: string | undefined;
  /** The bar. @default "#6206E0" */
  readonly progressBar?: string | undefined;
  /** The bar of what is finished. @default "#6206E0" */
  readonly progressBarFinished?: string | undefined;
  /** The bar where nobody knows how many batches there are. @default "#6206E0" */
  readonly progressBarPulse?: string | undefined;
  /** How many batches are done. @default "" */
  readonly batchProgress?: string | undefined;
  /** Time so far, and time that is left. @default "dim" */
  readonly time?: string | undefined;
  /** @default "dim underline" */
  readonly processingSpeed?: string | undefined;
  /** @default "italic" */
  readonly metrics?: string | undefined;
  /** Stands between two metrics; `"\n"` puts each on a line of its own. @default " " */
  readonly metricsTextDelimiter?: string | undefined;
  /** How numbers are written, in Python's words. @default ".3f" */
  readonly metricsFormat?: string | undefined;
}

type WholeTheme = { readonly [TName in keyof RichProgressBarThemeOptions]-?: string };

const DEFAULTS: WholeTheme = {
  description: "",
  progressBar: "#6206E0",
  progressBarFinished: "#6206E0",
  progressBarPulse: "#6206E0",
  batchProgress: "",
  time: "dim",
  processingSpeed: "dim underline",
  metrics: "italic",
  metricsTextDelimiter: " ",
  metricsFormat: ".3f",
};

/**
 * How a `RichProgressBar` looks, with the fields of Lightning's theme.
 * @example
 * ```ts
 * import { RichProgressBar, RichProgressBarTheme, Trainer } from "@lightning-ts/pytorch";
 *
 * const theme = new RichProgressBarTheme({ progressBar: "green1", time: "grey82", metricsFormat: ".3e" });
 * const trainer = new Trainer({ callbacks: [new RichProgressBar({ theme })] });
 * ```
 */
export class RichProgressBarTheme implements WholeTheme {
  readonly description: string;
  readonly progressBar: string;
  readonly progressBarFinished: string;
  readonly progressBarPulse: string;
  readonly batchProgress: string;
  readonly time: string;
  readonly processingSpeed: string;
  readonly metrics: string;
  readonly metricsTextDelimiter: string;
  readonly metricsFormat: string;

  /** @throws MisconfigurationError for options that do not exist, words that say no style and formats that are none */
  constructor(options: RichProgressBarThemeOptions = {}) {
    rejectUnknownOptions("RichProgressBarTheme", options, Object.keys(DEFAULTS));
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const theme: WholeTheme = { ...DEFAULTS, ...Object.fromEntries(given) };
    for (const [name, value] of Object.entries(theme)) check(name, value);
    this.description = theme.description;
    this.progressBar = theme.progressBar;
    this.progressBarFinished = theme.progressBarFinished;
    this.progressBarPulse = theme.progressBarPulse;
    this.batchProgress = theme.batchProgress;
    this.time = theme.time;
    this.processingSpeed = theme.processingSpeed;
    this.metrics = theme.metrics;
    this.metricsTextDelimiter = theme.metricsTextDelimiter;
    this.metricsFormat = theme.metricsFormat;
  }

  /** The theme on a screen. */
  look(depth: ColorDepth): BarLook {
    const style = (words: string): Style => richStyle(words, depth) ?? ((text) => text);
    return {
      description: style(this.description),
      bar: style(this.progressBar),
      finishedBar: style(this.progressBarFinished),
      pulse: style(this.progressBarPulse),
      rest: style("dim"),
      batches: style(this.batchProgress),
      time: style(this.time),
      speed: style(this.processingSpeed),
      metrics: style(this.metrics),
      delimiter: this.metricsTextDelimiter,
      formatMetric: (name, value) => `${name}: ${this.#text(name, value)}`,
    };
  }

  /** The number of a version is no measure, and stays whole. */
  #text(name: string, value: number | string): string {
    return typeof value === "string" || name === "v_num" ? String(value) : formatNumber(value, this.metricsFormat);
  }
}

function check(name: string, value: unknown): void {
  const isText = typeof value === "string";
  if (name === "metricsTextDelimiter") {
    if (!isText) throw badOption("RichProgressBarTheme", name, "a text", value);
  } else if (name === "metricsFormat") {
    if (!isText || findUnknownFormat(`{x:${value}}`) !== undefined)
      throw badOption("RichProgressBarTheme", name, 'a format of numbers as in Python, such as ".3f" or ".2e"', value);
  } else if (!isText || richStyle(value, 1) === undefined)
    throw badOption("RichProgressBarTheme", name, 'a style in Rich\'s words, such as "bold magenta"', value);
}
