import { nn, rejectUnknownOptions } from "@lightning-ts/core";
import picocolors from "picocolors";
import { renderFramed } from "../display/framed-table.js";
import { type ModelSummaryContent, summaryCells, summaryTotals } from "../display/model-summary-table.js";
import { badOption } from "../errors/bad-option.js";
import { ModelSummary, type ModelSummaryOptions } from "./model-summary.js";

/** Words that a style is made of, as Rich writes it: `"bold magenta"`. */
const STYLES = ["bold", "dim", "italic", "underline", "red", "green", "yellow", "blue", "magenta", "cyan"] as const;
type Style = (typeof STYLES)[number];

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
  readonly #styles: readonly Style[];

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
    const words = String(headerStyle).split(" ");
    const styles = words.flatMap((word) => STYLES.filter((known) => known === word));
    if (styles.length < words.length)
      throw badOption("RichModelSummary", "headerStyle", `words of ${STYLES.join(", ")}`, headerStyle);
    this.#styles = styles;
  }

  protected override render(summary: ModelSummaryContent, { hasColors }: { readonly hasColors: boolean }): string {
    const colors = picocolors.createColors(hasColors);
    const paint = (text: string): string => this.#styles.reduce((painted, style) => colors[style](painted), text);
    return [...renderFramed(summaryCells(summary), paint), ...summaryTotals(summary)].join("\n");
  }
}
