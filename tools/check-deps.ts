/** Proves from package.json files and imports that dependencies point down and that every package has one door. */
import { readFileSync } from "node:fs";
import { dependencyRules } from "./dependencies/dependency-rules.js";
import { findDependencyProblems } from "./dependencies/find-problems.js";
import { importsOf } from "./dependencies/imports-of.js";
import { isTestFile, sourceFiles } from "./workspace/source-files.js";
import { workspacePackages } from "./workspace/workspace-package.js";

const root = process.cwd();
const packages = workspacePackages(root, ["packages", "apps"]);
const doors = new Map(packages.map(({ manifest }) => [manifest.name, new Set(Object.keys(manifest.exports ?? {}))]));

const problems = packages.flatMap((pkg) => {
  const files = sourceFiles(root, `${pkg.folder}/src`).map((path) => {
    const imports = importsOf(readFileSync(path, "utf8"));
    // Suites that several test files share are tests too.
    return { path, imports, isTest: isTestFile(path) || imports.some(({ specifier }) => specifier === "vitest") };
  });
  return findDependencyProblems({ ...pkg, files }, { rules: dependencyRules, doors });
});

for (const problem of problems) console.log(problem);
console.log(`${packages.length} packages, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
