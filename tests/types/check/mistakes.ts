import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Complaint } from "./compile.js";

/** What a compiler has to say about the code that follows a comment `// error, at most 3 lines: text with …`. */
interface Expected {
  readonly file: string;
  readonly line: number;
  readonly mostLines: number;
  readonly text: string;
}

const FOLDER = "mistakes";
const COMMENT = /^\s*\/\/ error, at most (\d+) lines?: (.*)$/;

/** @returns how many mistakes there are, and what is wrong with what is said about them or about anything else */
export function checkMistakes(folder: string, complaints: readonly Complaint[]): { count: number; problems: string[] } {
  const expected = readdirSync(join(folder, FOLDER)).flatMap((name) => readExpected(folder, `${FOLDER}/${name}`));
  const left = new Set(complaints);
  const problems = expected.flatMap((one, index) => {
    const next = expected[index + 1];
    const end = next?.file === one.file ? next.line : Number.POSITIVE_INFINITY;
    const found = complaints.filter(({ file, line }) => file === one.file && line > one.line && line < end);
    for (const complaint of found) left.delete(complaint);
    return compare(one, found);
  });
  return { count: expected.length, problems: [...problems, ...[...left].map(describe)] };
}

function readExpected(folder: string, file: string): Expected[] {
  return readFileSync(join(folder, file), "utf8")
    .split("\n")
    .flatMap((text, index) => {
      const [, lines, message] = COMMENT.exec(text) ?? [];
      return message === undefined ? [] : [{ file, line: index + 1, mostLines: Number(lines), text: message }];
    });
}

function compare({ file, line, mostLines, text }: Expected, found: readonly Complaint[]): string[] {
  const [one] = found;
  if (one === undefined) return [`${file}:${line}: nothing is said about this mistake`];
  const says = found.map(describe).join("\n");
  if (found.length > 1) return [`${file}:${line}: one mistake, ${found.length} complaints\n${says}`];
  const problems: string[] = [];
  if (one.lines.length > mostLines)
    problems.push(`${file}:${line}: ${one.lines.length} lines instead of ${mostLines}\n${says}`);
  if (!one.lines.some((said) => patternOf(text).test(said)))
    problems.push(`${file}:${line}: not said: ${text}\n${says}`);
  return problems;
}

/** `…` stands for anything. */
function patternOf(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(parts.join(".*"));
}

function describe({ file, line, code, lines }: Complaint): string {
  return `${file}:${line}: ${code} ${lines.join("\n    ")}`;
}
