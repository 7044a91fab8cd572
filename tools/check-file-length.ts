/** Refuses source files over 400 lines and lists those over 200: one concept per file. */
import { readFileSync } from "node:fs";
import { isTestFile, sourceFiles } from "./workspace/source-files.js";

const LIMIT = 400;
const LOOK_TWICE = 200;

const files = ["packages", "apps", "tools", "tests"]
  .flatMap((folder) => sourceFiles(process.cwd(), folder))
  .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }))
  .sort((a, b) => b.lines - a.lines);

const refused = files.filter(({ lines }) => lines > LIMIT);
const vague = files.filter(({ path }) => /\/(utils?|helpers?)\.ts$/.test(path));

for (const { path, lines } of refused) console.log(`${path}  ${lines} lines: split it (limit ${LIMIT})`);
for (const { path } of vague) console.log(`${path}  name the file for what is in it`);
for (const { path, lines } of files) {
  if (lines > LOOK_TWICE && lines <= LIMIT && !isTestFile(path)) console.log(`  look twice: ${path}  ${lines} lines`);
}
console.log(`${files.length} files, ${refused.length + vague.length} problems`);
process.exitCode = refused.length + vague.length === 0 ? 0 : 1;
