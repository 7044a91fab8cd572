import { posix } from "node:path";
import type { WorkspacePackage } from "../workspace/workspace-package.js";
import type { DependencyRule } from "./dependency-rules.js";
import { packageNameOf, type ImportStatement } from "./imports-of.js";

const UMBRELLA = "lightning-ts";

/** What the code of one package imports, file by file. */
export interface PackageImports extends WorkspacePackage {
  readonly files: readonly {
    readonly path: string;
    readonly isTest: boolean;
    readonly imports: readonly ImportStatement[];
  }[];
}

export interface DependencyContext {
  readonly rules: Readonly<Record<string, DependencyRule>>;
  /** Exported subpaths by name of the workspace package. */
  readonly doors: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One line per violation: where, what, and why it matters. */
export function findDependencyProblems(pkg: PackageImports, context: DependencyContext): string[] {
  const problems = manifestProblems(pkg, context);
  for (const file of pkg.files) {
    for (const statement of file.imports) {
      const problem = importProblem(pkg, file, statement, context);
      if (problem !== undefined) problems.push(`${file.path}:${statement.line}  ${problem}`);
    }
  }
  return problems;
}

function manifestProblems({ folder, manifest }: PackageImports, { rules, doors }: DependencyContext): string[] {
  const rule = rules[manifest.name];
  if (rule === undefined) {
    return folder.startsWith("packages/")
      ? [
          `${folder}/package.json  has no rule. Say what ${manifest.name} may stand on in tools/dependencies/dependency-rules.ts.`,
        ]
      : [];
  }
  const allowed = new Set([...rule.mayImport, ...(rule.mayImportTypes ?? [])]);
  return Object.keys(runtimeDependencies(manifest))
    .filter((name) => doors.has(name) && !allowed.has(name))
    .map((name) => `${folder}/package.json  depends on ${name}, which is not below ${manifest.name}.`);
}

function importProblem(
  pkg: PackageImports,
  file: PackageImports["files"][number],
  statement: ImportStatement,
  context: DependencyContext,
): string | undefined {
  const { specifier, isStarExport, kind } = statement;
  // The umbrella passes whole packages on, core stands in for tfjs' namespace, and fabric's entry for Node has the
  // names of its index; a door of its own names what it exports.
  const isStandIn = specifier === "@tensorflow/tfjs-core" && file.path.endsWith("core/src/tensor/tfjs.ts");
  const isSecondEntry = specifier === "./index.js" && file.path.endsWith("fabric/src/index.node.ts");
  const isPassedOn =
    isStandIn || isSecondEntry || (pkg.manifest.name === UMBRELLA && context.doors.has(packageNameOf(specifier)));
  if (isStarExport && !isPassedOn) return `export * from "${specifier}": a door lists its names one by one.`;
  if (specifier.startsWith(".")) return relativeProblem(pkg, file.path, specifier);
  const rule = context.rules[pkg.manifest.name];
  if (specifier.startsWith("node:")) {
    return file.isTest || mayImportNode(pkg.folder, file.path, rule)
      ? undefined
      : `${specifier}: this package runs in a browser too. Use a port (core/src/ports).`;
  }
  const name = packageNameOf(specifier);
  if (!isDeclared(pkg, file.isTest, name)) return `${name} is not declared in ${pkg.folder}/package.json.`;
  const doors = context.doors.get(name);
  if (doors === undefined || file.isTest) return undefined;
  if (!doors.has(`.${specifier.slice(name.length)}`))
    return `${specifier} is not exported by ${name}; index.ts is a package's only door.`;
  if (rule === undefined || rule.mayImport.includes(name)) return undefined;
  if (rule.mayImportTypes?.includes(name) === true && kind !== "static") return undefined;
  return rule.mayImportTypes?.includes(name) === true
    ? `${name} may be imported as types, or with a dynamic import.`
    : `${name} is not below ${pkg.manifest.name}: dependencies point down.`;
}

function mayImportNode(folder: string, path: string, rule: DependencyRule | undefined): boolean {
  if (rule === undefined || rule.nodeImports === "allowed") return true;
  if (rule.nodeImports === "forbidden") return false;
  return rule.nodeImports.some((allowed) => path.startsWith(`${folder}/${allowed}/`));
}

function relativeProblem({ folder }: PackageImports, path: string, specifier: string): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  return target.startsWith(`${folder}/`) ? undefined : `${specifier} leaves ${folder}: import the package by its name.`;
}

function isDeclared({ manifest }: PackageImports, isTest: boolean, name: string): boolean {
  if (name === manifest.name || name in runtimeDependencies(manifest)) return true;
  // Tests run from the root, whose development tools they share.
  return isTest && (name in (manifest.devDependencies ?? {}) || name === "vitest");
}

function runtimeDependencies(manifest: PackageImports["manifest"]): Readonly<Record<string, string>> {
  return { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
}
