import { variableOf } from "../../packages/pytorch/src/options/environment-options.js";
import { LIGHTNING_OPTIONS, type LightningOption } from "../../packages/pytorch/src/options/lightning-options.js";
import { REMOVED_OPTIONS, RENAMED_OPTIONS } from "../../packages/pytorch/src/options/old-options.js";
import { defaultInWords, type OptionDefinition } from "../../packages/pytorch/src/options/option-definition.js";
import { TRAINER_OPTIONS } from "../../packages/pytorch/src/options/option-table.js";

/** The page about the Trainer's options, in Markdown. */
export function optionsPage(): string {
  return `# Options of the Trainer

<!-- Made by \`pnpm docs:options\` from packages/pytorch/src/options: change the table there. -->

\`new Trainer(options)\` checks all of them and reports everything that is wrong at once, before anything starts. An option
that is not in the code can come from its environment variable, as JSON or as a plain word: \`PL_TRAINER_MAX_EPOCHS=3\`.
\`undefined\` means the default. What the options do together: [the Trainer](trainer.md).

${table(["option", "values", "default", "environment variable", "what it does"], Object.entries(TRAINER_OPTIONS).map(row))}
## Lightning's options that are not here

Values that ask for what happens anyway are accepted, so that a program carries over with them in place. Any other value
is refused, with this advice.

${table(["option", "accepted", "otherwise"], Object.entries(LIGHTNING_OPTIONS).map(lightningRow))}
## Old names

Options of Lightning 0 and 1 are refused with what stands in for them.

${table(["old name", "now"], oldRows())}`;
}

function row([name, definition]: [string, OptionDefinition]): string[] {
  const variable = definition.isCodeOnly === true ? "" : code(variableOf(name));
  return [code(name), definition.kind.words, defaultInWords(definition), variable, definition.help];
}

function lightningRow([name, { neutral, advice }]: [string, LightningOption]): string[] {
  return [code(name), neutral.map((value) => code(JSON.stringify(value))).join(", "), advice];
}

function oldRows(): string[][] {
  return [
    ...Object.entries(RENAMED_OPTIONS).map(([old, current]) => [code(old), code(current)]),
    ...Object.entries(REMOVED_OPTIONS).map(([old, advice]) => [code(old), advice]),
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}
