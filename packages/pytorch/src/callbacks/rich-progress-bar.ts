import { rejectUnknownOptions } from "@lightning-ts/core";
import type { Trainer } from "../contract/trainer.js";
import type { BarLook } from "../display/bar-look.js";
import type { ColorDepth } from "../display/rich-style.js";
import { badOption } from "../errors/bad-option.js";
import { type BarScreen, ProgressBar } from "./progress-bar.js";
import { RichProgressBarTheme, type RichProgressBarThemeOptions } from "./rich-progress-bar-theme.js";

/** What Rich's `Console` is told, as far as it concerns the bar. */
export interface RichConsoleOptions {
  /** Columns to draw in. @default those of the terminal */
  readonly width?: number | undefined;
  /** @default false */
  readonly noColor?: boolean | undefined;
  /** How many colours there are. @default what the terminal says */
  readonly colorSystem?: "auto" | "standard" | "256" | "truecolor" | undefined;
}

export interface RichProgressBarOptions {
  /**
   * Updates in a second, at most ten whatever is asked for; 0 shows nothing. (`TQDMProgressBar` counts batches.)
   * @default 100
   */
  readonly refreshRate?: number | undefined;
  /** Whether the bar of an epoch stays on the screen when the next one begins. @default false */
  readonly leave?: boolean | undefined;
  readonly theme?: RichProgressBarTheme | RichProgressBarThemeOptions | undefined;
  readonly consoleKwargs?: RichConsoleOptions | undefined;
}

const DEPTHS: Readonly<Record<string, ColorDepth>> = { standard: 4, "256": 8, truecolor: 24 };
const SHORTEST_MS = 100;

/**
 * The progress bar with the options and themes of Lightning's `RichProgressBar`.
 * @example
 * ```ts
 * import { RichProgressBar, Trainer } from "@lightning-ts/pytorch";
 *
 * const theme = { description: "green_yellow", progressBar: "green1", metrics: "grey82", metricsTextDelimiter: "\n" };
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new RichProgressBar({ leave: true, theme })] });
 * ```
 */
export class RichProgressBar extends ProgressBar {
  readonly theme: RichProgressBarTheme;
  readonly #console: RichConsoleOptions;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: RichProgressBarOptions = {}) {
    rejectUnknownOptions("RichProgressBar", options, ["refreshRate", "leave", "theme", "consoleKwargs"]);
    const { refreshRate = 100, leave = false, theme, consoleKwargs = {} } = options;
    if (!(refreshRate >= 0)) throw badOption("RichProgressBar", "refreshRate", "updates in a second", refreshRate);
    checkConsole(consoleKwargs);
    super({
      refreshRate: refreshRate === 0 ? 0 : 1,
      refreshMs: refreshRate === 0 ? SHORTEST_MS : Math.max(SHORTEST_MS, 1000 / refreshRate),
      leave,
    });
    this.theme = theme instanceof RichProgressBarTheme ? theme : new RichProgressBarTheme(theme);
    this.#console = consoleKwargs;
  }

  protected override look({ colorDepth }: BarScreen): BarLook {
    return this.theme.look(colorDepth);
  }

  protected override screen(trainer: Trainer): BarScreen {
    const { columns, colorDepth } = super.screen(trainer);
    const { width = columns, noColor = false, colorSystem = "auto" } = this.#console;
    // A terminal that is narrower would break the lines.
    return { columns: Math.min(width, columns), colorDepth: noColor ? 1 : (DEPTHS[colorSystem] ?? colorDepth) };
  }
}

function checkConsole(options: RichConsoleOptions): void {
  rejectUnknownOptions("RichProgressBar's consoleKwargs", options, ["width", "noColor", "colorSystem"]);
  const { width, colorSystem = "auto" } = options;
  if (width !== undefined && !(Number.isSafeInteger(width) && width > 0))
    throw badOption("RichProgressBar", "consoleKwargs.width", "a whole number of columns", width);
  if (colorSystem !== "auto" && !Object.hasOwn(DEPTHS, colorSystem))
    throw badOption(
      "RichProgressBar",
      "consoleKwargs.colorSystem",
      '"auto", "standard", "256" or "truecolor"',
      colorSystem,
    );
}
