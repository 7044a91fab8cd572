import { nn, rejectUnknownOptions } from "@lightning-ts/core";
import { renderFramed } from "../display/framed-table.js";
import { type ModelSummaryContent, summaryCells, summaryTotals } from "../display/model-summary-table.js";
import { type ColorDepth, richStyle } from "../display/rich-style.js";
import { badOption } from "../errors/bad-option.js";
import { ModelSummary, type ModelSummaryOptions, type SummaryScreen } from "./model-summary.js";

export interface RichModelSummaryOptions extends ModelSummaryOptions {
  /** How the header looks where the terminal has colours, in Rich's words. @default "bold magenta" */
  readonly headerStyle?: string | undefined;
}

/**
 * `ModelSummary` in a frame, with a header in colour.
 * @example
 * ```ts
 * import { RichModelSummary, Trainer } from "@lightning-ts/pytorch";
 *
 * const summary = new RichModelSummary({ maxDepth: 2, headerStyle: "bold cyan" });
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [summary] });
 * ```
 */
export class RichModelSummary extends ModelSummary {
  readonly #headerStyle: string;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options?: RichModelSummaryOptions);
  constructor(model: nn.Module, options?: RichModelSummaryOptions);
  constructor(modelOrOptions: nn.Module | RichModelSummaryOptions = {}, more: RichModelSummaryOptions = {}) {
    const isOfModel = modelOrOptions instanceof nn.Module;
    const given = isOfModel ? more : modelOrOptions;
    rejectUnknownOptions("RichModelSummary", given, ["maxDepth", "headerStyle"]);
    const { headerStyle = "bold magenta", ...options } = given;
    if (isOfModel) super(modelOrOptions, options);
    else super(options);
    if (richStyle(String(headerStyle), 1) === undefined)
      throw badOption(
        "RichModelSummary",
        "headerStyle",
        'a style in Rich\'s words, such as "bold magenta"',
        headerStyle,
      );
    this.#headerStyle = headerStyle;
  }

  protected override render(summary: ModelSummaryContent, screen: SummaryScreen): string {
    const depth: ColorDepth = screen.hasColors ? (screen.colorDepth ?? 4) : 1;
    const paint = richStyle(this.#headerStyle, depth) ?? String;
    return [...renderFramed(summaryCells(summary), paint, screen.columns), ...summaryTotals(summary)].join("\n");
  }
}
