/**
 * Compares what is written about the Trainer's options with their table: doc comments of `TrainerOptions` and the page
 * of the guide. With `--write` it writes both.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { TRAINER_OPTIONS } from "../packages/pytorch/src/options/option-table.js";
import { withDocComments } from "./options/doc-comments.js";
import { optionsPage } from "./options/options-page.js";

const TYPES = "packages/pytorch/src/options/trainer-options.ts";
const PAGE = "docs/guides/trainer-options.md";

const expected: readonly (readonly [path: string, text: string])[] = [
  [TYPES, withDocComments(readFileSync(TYPES, "utf8"), TRAINER_OPTIONS)],
  [PAGE, optionsPage()],
];
const isWriting = process.argv.includes("--write");
const different = expected.filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);

for (const [path, text] of different) {
  if (isWriting) writeFileSync(path, text);
  console.log(isWriting ? `${path}  written` : `${path}  differs from the table of options: pnpm docs:options`);
}
console.log(
  `${Object.keys(TRAINER_OPTIONS).length} options, ${different.length} files ${isWriting ? "written" : "differ"}`,
);
process.exitCode = isWriting || different.length === 0 ? 0 : 1;
