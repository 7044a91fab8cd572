import { readFileSync } from "node:fs";
import { isTestFile, sourceFiles } from "../workspace/source-files.js";

/** An error as the source throws it: the class where it can be told from the text beside the code. */
interface Use {
  readonly code: string;
  readonly className: string | undefined;
  readonly place: string;
}

/** What is wrong between the list of errors in the documentation and what the packages throw. */
export function errorCodeProblems(page: string, list: string, packages: readonly string[]): string[] {
  const files = packages
    .flatMap((name) => sourceFiles(process.cwd(), `packages/${name}/src`))
    .filter((path) => !isTestFile(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
  const listed = listedErrors(list);
  const uses = files.flatMap(({ path, text }) => usesOf(path, text));
  const classes = files.flatMap(({ text }) => errorClassesOf(text));
  const known = new Map(listed.map(({ code, className }) => [code, className]));
  return [
    ...duplicates(listed.map(({ code }) => code)).map((code) => `${page}: ${code} is listed twice`),
    ...uses.flatMap(({ code, className, place }) => {
      if (!/^LIT_[A-Z]/.test(code)) return [`${place}: the code ${code} does not begin with LIT_`];
      if (!known.has(code)) return [`${place}: ${code} is not in ${page}`];
      const expected = known.get(code);
      return className === undefined || className === expected
        ? []
        : [`${place}: ${code} is thrown as ${className}, but ${page} says ${expected}`];
    }),
    ...[...known.keys()]
      .filter((code) => !uses.some((use) => use.code === code))
      .map((code) => `${page}: nothing throws ${code}`),
    ...classes
      .filter((name) => ![...known.values()].includes(name))
      .map((name) => `${page}: the class ${name} is missing`),
  ];
}

/** The rows of the list: `| code | class | … |`. */
export function listedErrors(list: string): { readonly code: string; readonly className: string }[] {
  return [...list.matchAll(/^\| `([A-Z_0-9]+)` \| `(\w+)` \| .+ \| .+ \|$/gm)].map(([, code = "", className = ""]) => ({
    code,
    className,
  }));
}

/** Codes in a source file: `code: "…"` in what is given to an error. */
export function usesOf(path: string, text: string): Use[] {
  return [...text.matchAll(/\bcode: "([A-Z][A-Z_0-9]*)"|code \?\? "([A-Z][A-Z_0-9]*)"/g)].map((found) => {
    const before = text.slice(0, found.index);
    const constructed = /new (\w+Error)\(\{\s*(?:[^{}]*,\s*)?$/.exec(before)?.[1];
    const declared = /super\(\{[^{}]*$/.test(before) ? [...before.matchAll(/class (\w+)/g)].at(-1)?.[1] : undefined;
    return {
      code: found[1] ?? found[2] ?? "",
      className: constructed ?? declared,
      place: `${path}:${before.split("\n").length}`,
    };
  });
}

/** Classes of errors that users can meet, apart from bases that are never thrown as they are. */
function errorClassesOf(text: string): string[] {
  return [...text.matchAll(/export class (\w+) extends (?:Lightning|Engine)Error\b/g)].map(([, name = ""]) => name);
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
