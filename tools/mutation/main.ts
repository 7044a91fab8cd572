/**
 * Mutation testing of the parts that matter most: `pnpm test:mutation [GROUP…]`. Prints every mutant that no test
 * notices, and the share that is noticed.
 * - `--only=PATH`, `--tests=PATH`: mutates and runs only files whose path contains this
 * - `--near`: runs only quick tests beside what is mutated
 * - `--sample=N`, `--seed=N`: tries so many mutants of each group
 * - `--least=N`: fails below so many per cent; an entry of survivors.json that is about no mutant fails in any case
 * - `--memory=FILE`: keeps which test noticed which mutant, so that the next run tries that test first
 * - `--survivors`, `--list`: tries, or names, only those that the memory knows no test for
 * - `--budget=MS`: computing time after which a mutant counts as one that no test notices
 * - `--imports=N`: how many test files try a mutant that runs while modules are imported
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { groups } from "./groups.js";
import { Memory } from "./memory.js";
import { runGroup } from "./run-group.js";
import { readSurvivors } from "./survivors.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    tests: { type: "string" },
    memory: { type: "string" },
    near: { type: "boolean", default: false },
    survivors: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    budget: { type: "string", default: "3000" },
    imports: { type: "string", default: "3" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    least: { type: "string" },
  },
});
const chosen = groups.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0) throw new Error(`No such group. There are: ${groups.map(({ name }) => name).join(", ")}`);

const survivors = readSurvivors(readFileSync("tools/mutation/survivors.json", "utf8"));
let noticed = 0;
let total = 0;
let unexplained = 0;
const stale = new Set<string>();
for (const group of chosen) {
  const result = await runGroup(group, {
    only: values.only,
    tests: values.tests,
    memory: Memory.read(values.memory),
    isNear: values.near,
    isForSurvivors: values.survivors,
    isForLooking: values.list,
    budgetMs: Number(values.budget),
    mostImports: Number(values.imports),
    sample: values.sample === undefined ? undefined : { size: Number(values.sample), seed: Number(values.seed) },
    print: (text) => console.log(text),
  });
  for (const entry of survivors.staleAmong(result.mutants)) stale.add(entry);
  for (const mutant of result.survived) {
    const reason = survivors.reasonFor(mutant);
    if (reason !== undefined) continue;
    unexplained += 1;
    console.log(
      `${mutant.path}:${mutant.line}  ${mutant.mutator}  ${brief(mutant.original)} → ${brief(mutant.replacement)}`,
    );
  }
  noticed += result.killed;
  total += result.killed + result.survived.length;
  console.log(`${group.name}: ${share(result.killed, result.killed + result.survived.length)}`);
}
console.log(
  `${share(noticed, total)}; ${total - noticed - unexplained} survivors have a reason, ${unexplained} have none`,
);
for (const entry of stale) console.log(`survivors.json tells of a mutant that there is not: ${entry}`);
const isEnough = values.least === undefined || (100 * noticed) / total >= Number(values.least);
process.exitCode = isEnough && stale.size === 0 ? 0 : 1;

function share(part: number, whole: number): string {
  return `${part} of ${whole} mutants noticed (${((100 * part) / whole).toFixed(1)} %)`;
}

function brief(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
