/**
 * Refuses source files over 400 lines and lists those over 200: one concept per file. Refuses lines over 120 columns
 * without a text, a template or a regular expression: only where one of these cannot be broken may a line be wider.
 */
import { readFileSync } from "node:fs";
import { isTestFile, sourceFiles } from "./workspace/source-files.js";

const MOST_LINES = 400;
const LOOK_TWICE = 200;
const MOST_COLUMNS = 120;

const files = ["packages", "apps", "tools", "tests"]
  .flatMap((folder) => sourceFiles(process.cwd(), folder))
  .map((path) => ({ path, lines: readFileSync(path, "utf8").trimEnd().split("\n") }))
  .sort((a, b) => b.lines.length - a.lines.length);

function isTooWide(line: string): boolean {
  if (line.length <= MOST_COLUMNS) return false;
  const isComment = /^\s*(\/\/|\/?\*)/.test(line);
  return isComment ? !/https?:\/\//.test(line) : !/["'`]|\/.+\//.test(line);
}

const problems = files.flatMap(({ path, lines }) => [
  ...(lines.length > MOST_LINES ? [`${path}  ${lines.length} lines: split it (limit ${MOST_LINES})`] : []),
  ...(/\/(utils?|helpers?)\.ts$/.test(path) ? [`${path}  name the file for what is in it`] : []),
  ...lines.flatMap((line, index) =>
    isTooWide(line) ? [`${path}:${index + 1}  ${line.length} columns (limit ${MOST_COLUMNS})`] : [],
  ),
]);

for (const problem of problems) console.log(problem);
for (const { path, lines } of files) {
  if (lines.length > LOOK_TWICE && lines.length <= MOST_LINES && !isTestFile(path))
    console.log(`  look twice: ${path}  ${lines.length} lines`);
}
console.log(`${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
