/**
 * Checks the documentation against the code: the README's example is apps/first-steps, links lead to files that exist,
 * the list of errors has every code that is thrown and no other, every public class has an example, and every
 * TypeScript example that begins with its imports compiles against the built packages and runs, in pages and in doc
 * comments (`@example`): through tsx, and on a Node that removes types by itself without it, which needs syntax that
 * Node 22 has.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { runCommand } from "./checks/run-command.js";
import { classesWithoutExample, exportedValues } from "./docs/class-examples.js";
import { errorCodeProblems } from "./docs/error-codes.js";
import { docExamples } from "./docs/doc-examples.js";
import { codeBlocks, relativeLinks } from "./docs/markdown.js";
import { beyondPlainNode } from "./docs/plain-node.js";
import { isTestFile, sourceFiles } from "./workspace/source-files.js";

const EXAMPLE = "apps/first-steps/src/main.ts";
const SNIPPETS = "tests/types/.snippets";

/** Node 20 knows no such feature, whatever its types say. */
const removesTypes = Reflect.get(process.features, "typescript") === "strip";
const problems: string[] = [];
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...markdownFiles("docs"),
  ...markdownFiles("apps"),
  ...markdownFiles("packages"),
];

if (
  codeBlocks(readFileSync("README.md", "utf8")).find(({ language }) => language === "ts")?.code !==
  readFileSync(EXAMPLE, "utf8")
) {
  problems.push(`README.md: the first TypeScript example is not ${EXAMPLE}`);
}
for (const page of pages) {
  for (const target of relativeLinks(readFileSync(page, "utf8"))) {
    if (!existsSync(join(dirname(page), target))) problems.push(`${page}: nothing is at ${target}`);
  }
}
const list = "docs/guides/errors.md";
const publicPackages = readdirSync("packages").filter((name) => name !== "testing");
problems.push(...errorCodeProblems(list, readFileSync(list, "utf8"), publicPackages));
for (const name of publicPackages) problems.push(...exampleProblems(`packages/${name}/src`));
const inPages = writePageExamples();
const inComments = writeDocExamples();
for (const path of [...inPages.map((example) => example.path), ...inComments]) {
  const line = beyondPlainNode(readFileSync(path, "utf8"));
  if (line !== undefined) problems.push(`${path}: Node 22 cannot parse ${line.trim()}`);
}
const { exitCode, output } = await runCommand("tsc", ["-p", join(SNIPPETS, "tsconfig.json"), "--noEmit"]);
if (exitCode !== 0) problems.push(output);
else {
  // A page is a program of its own: what one sets for its process, such as the number of threads, another may set too.
  for (const page of new Set(inPages.map((example) => example.page))) {
    problems.push(...(await runExamples(inPages.filter((example) => example.page === page).map(({ path }) => path))));
  }
  problems.push(...(await runExamples(inComments)));
}

for (const problem of problems) console.log(problem);
console.log(
  `${pages.length} pages, ${inPages.length} examples in them, ${inComments.length} in doc comments, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Public classes of a package whose doc comment has no example. */
function exampleProblems(folder: string): string[] {
  const files = sourceFiles(".", folder).map((path) => ({ path, source: readFileSync(path, "utf8") }));
  const indexes = files.filter(({ path }) => /\/(index|namespace)\.ts$/.test(path));
  const exported = exportedValues(indexes.map(({ source }) => source).join("\n"));
  return files
    .filter(({ path }) => !isTestFile(path))
    .flatMap(({ path, source }) =>
      classesWithoutExample(source, exported).map((name) => `${path}: the public class ${name} has no @example`),
    );
}

/** One module for each complete example of a page. The path says where it comes from. */
function writePageExamples(): { readonly page: string; readonly path: string }[] {
  rmSync(SNIPPETS, { recursive: true, force: true });
  mkdirSync(SNIPPETS, { recursive: true });
  writeFileSync(
    join(SNIPPETS, "tsconfig.json"),
    JSON.stringify({
      extends: "../tsconfig.json",
      compilerOptions: { types: ["node"], noUnusedLocals: false, erasableSyntaxOnly: true },
      include: ["*.ts"],
    }),
  );
  return pages.flatMap((page) =>
    codeBlocks(readFileSync(page, "utf8"))
      .filter(({ language, code }) => language === "ts" && code.startsWith("import "))
      .map(({ code, line }) => {
        const path = join(SNIPPETS, `${page.replaceAll("/", "-")}-line-${line}.ts`);
        writeFileSync(path, `${code}\nexport {};\n`);
        return { page, path };
      }),
  );
}

/** One module for each example in a doc comment of a public package. @returns their paths */
function writeDocExamples(): string[] {
  const sources = publicPackages.flatMap((name) => sourceFiles(process.cwd(), `packages/${name}/src`));
  return sources
    .filter((path) => !isTestFile(path))
    .flatMap((path) =>
      docExamples(readFileSync(path, "utf8")).map(({ code, line }) => {
        const name = join(SNIPPETS, `${path.slice(0, -".ts".length).replaceAll("/", "-")}-line-${line}.ts`);
        writeFileSync(name, `${code}\nexport {};\n`);
        return name;
      }),
    );
}

/**
 * Runs examples one after another in one process, in an empty folder, where what they write stays: as they are on a
 * Node that removes types by itself, through tsx on others.
 */
async function runExamples(paths: readonly string[]): Promise<string[]> {
  const runner = join(SNIPPETS, "run-all.ts");
  const steps = paths.map((path) => `"${path}": () => import(${JSON.stringify(resolve(path))}),`);
  writeFileSync(
    runner,
    [
      `const examples = {\n${steps.join("\n")}\n};`,
      "for (const [path, run] of Object.entries(examples)) {",
      "  try {",
      "    await run();",
      "  } catch (error) {",
      "    throw new Error(`The example ${path} failed.`, { cause: error });",
      "  }",
      "}",
      "",
    ].join("\n"),
  );
  const folder = mkdtempSync(join(tmpdir(), "doc-examples-"));
  try {
    const program = removesTypes ? process.execPath : resolve("node_modules/.bin/tsx");
    const ran = await runCommand(program, [resolve(runner)], { cwd: folder });
    return ran.exitCode === 0 ? [] : [`examples do not run:\n${ran.output}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["node_modules", "dist"].includes(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith(".md") && entry.name !== "CHANGELOG.md" ? [path] : [];
  });
}
