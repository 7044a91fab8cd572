/**
 * Compares the table of PyTorch's names (docs/guides/torch-names.md) with our exports and recorded cases. With
 * `--write` it writes it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { namesPage } from "./torch-names/names-page.js";

const PAGE = "docs/guides/torch-names.md";

const text = namesPage();
const isWriting = process.argv.includes("--write");
const isDifferent = !existsSync(PAGE) || readFileSync(PAGE, "utf8") !== text;
if (isWriting) writeFileSync(PAGE, text);
console.log(
  isDifferent ? `${PAGE}  ${isWriting ? "written" : "differs: pnpm docs:names"}` : `${PAGE}  as it should be`,
);
process.exitCode = isWriting || !isDifferent ? 0 : 1;
