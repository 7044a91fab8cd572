/**
 * Puts each of some faults back, into the text that a process loads and into no file, and expects the fuzzer to find
 * it.
 *
 *   pnpm test:fuzz:mutants              all of them; words choose some by name
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MUTANTS, type Mutant } from "./mutants.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const FUZZER = fileURLToPath(new URL("../main.ts", import.meta.url));
const HOOKS = new URL("./mutate-sources.js", import.meta.url).href;
const OPTIONS = ["--programs=300", "--seconds=300", "--most=1000000", "--shrink-seconds=15", "--threads=2", "--one"];

/** @throws RangeError for a text that is not there any more, or not alone: the fault would not be put back */
function checkEdits({ name, edits }: Mutant): void {
  for (const { file, find } of edits) {
    const count = readFileSync(ROOT + file, "utf8").split(find).length - 1;
    if (count !== 1)
      throw new RangeError(
        `${name}: ${file} contains ${JSON.stringify(find)} ${count} times. Expected once. Try: put the fault back in the form that the file has now.`,
      );
  }
}

/** What the fuzzer prints with a mutant's faults; it ends with the number of failures. */
async function fuzzWith({ edits, families }: Mutant): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: `--import ${HOOKS}`, FUZZ_MUTATION: JSON.stringify(edits) };
  const child = spawn(
    process.execPath,
    ["--conditions=lightning-ts-source", "--import", "tsx", FUZZER, ...OPTIONS, `--families=${families.join(",")}`],
    { env, stdio: ["ignore", "pipe", "inherit"], cwd: ROOT },
  );
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => void (output += bytes.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return output;
}

const words = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
let survived = 0;
for (const mutant of chosen) {
  checkEdits(mutant);
  const output = await fuzzWith(mutant);
  const found = output
    .split(/\n\n/)
    .map((part) => part.trim())
    .filter((part) => mutant.expected.test(part));
  console.log(`${found.length > 0 ? "found" : "NOT FOUND"}: ${mutant.name}\n${found[0] ?? output}\n`);
  if (found.length === 0) survived += 1;
}
console.log(`${chosen.length - survived} of ${chosen.length} mutants found`);
process.exitCode = survived === 0 ? 0 : 1;
