/**
 * Proves from package.json files and imports that dependencies point down, between packages and between the folders of
 * a package, and that every package has one door.
 */
import { readFileSync } from "node:fs";
import { dependencyRules } from "./dependencies/dependency-rules.js";
import { findFolderProblems } from "./dependencies/find-folder-problems.js";
import { findListProblems } from "./dependencies/find-list-problems.js";
import { findDependencyProblems } from "./dependencies/find-problems.js";
import { folderOrders } from "./dependencies/folder-order.js";
import { importsOf } from "./dependencies/imports-of.js";
import { isTestFile, isTestSupport, sourceFiles } from "./workspace/source-files.js";
import { workspacePackages } from "./workspace/workspace-package.js";

const SUITES = "@lightning-ts/testing";
const LIST = "docs/architecture.md";

const root = process.cwd();
const packages = workspacePackages(root, ["packages", "apps"]);
const doors = new Map(packages.map(({ manifest }) => [manifest.name, new Set(Object.keys(manifest.exports ?? {}))]));

const problems = packages.flatMap((pkg) => {
  const files = sourceFiles(root, `${pkg.folder}/src`).map((path) => {
    const imports = importsOf(readFileSync(path, "utf8"));
    // Suites that several test files share are tests too, except where they are what a package is for.
    const isSuite = pkg.manifest.name !== SUITES && imports.some(({ specifier }) => specifier === "vitest");
    return { path, imports, isTest: isTestFile(path) || isTestSupport(path) || isSuite };
  });
  const order = folderOrders[pkg.manifest.name] ?? { layers: [] };
  return [
    ...findDependencyProblems({ ...pkg, files }, { rules: dependencyRules, doors }),
    ...(pkg.folder.startsWith("packages/") ? findFolderProblems({ ...pkg, files }, order) : []),
  ];
});
problems.push(...findListProblems(readFileSync(LIST, "utf8"), folderOrders).map((problem) => `${LIST}  ${problem}`));

for (const problem of problems) console.log(problem);
console.log(`${packages.length} packages, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
