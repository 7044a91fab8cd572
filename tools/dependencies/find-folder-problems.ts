import { posix } from "node:path";
import { findCircles } from "./find-circles.js";
import type { PackageImports } from "./find-problems.js";
import type { FolderOrder, TypeCircle } from "./folder-order.js";

const RULES = "tools/dependencies/folder-order.ts";

type SourceFile = PackageImports["files"][number];

/** An import of one file by another of the same package. */
interface Arrow {
  readonly from: SourceFile;
  readonly to: SourceFile;
  readonly line: number;
  readonly isType: boolean;
}

/** Imports that point up in the order of folders, and circles of files; types count, tests do not. */
export function findFolderProblems(pkg: Pick<PackageImports, "folder" | "files">, order: FolderOrder): string[] {
  const source = `${pkg.folder}/src`;
  const layers = new Layers(source, order);
  const known = new Map(pkg.files.map((file) => [file.path, file]));
  const arrows = pkg.files.filter((file) => !file.isTest).flatMap((file) => arrowsOf(file, known));
  return [
    ...layers.problemsOf(pkg.files),
    ...arrows.flatMap((arrow) => arrowProblem(arrow, layers)),
    ...circleProblems(arrows, source, order.typeCircles ?? []),
  ];
}

function arrowsOf(from: SourceFile, known: ReadonlyMap<string, SourceFile>): Arrow[] {
  return from.imports.flatMap(({ specifier, line, kind }) => {
    if (!specifier.startsWith(".")) return [];
    const path = posix.normalize(posix.join(posix.dirname(from.path), specifier)).replace(/\.js$/, ".ts");
    const to = known.get(path);
    return to === undefined ? [] : [{ from, to, line, isType: kind === "type" }];
  });
}

function arrowProblem({ from, to, line }: Arrow, layers: Layers): string[] {
  if (to.isTest) return [`${from.path}:${line}  ${to.path} belongs to tests: only they import it.`];
  if (layers.heightOf(from.path) >= layers.heightOf(to.path)) return [];
  const [own, other] = [layers.nameOf(from.path), layers.nameOf(to.path) ?? "what stands right in src"];
  return [`${from.path}:${line}  ${to.path} points up: ${other} stands above ${own} (${RULES}).`];
}

/** The layers of a package: which one a file stands in. */
class Layers {
  readonly #source: string;
  readonly #names: readonly string[];

  constructor(source: string, order: FolderOrder) {
    this.#source = source;
    this.#names = order.layers;
  }

  /** Folders without a place, and places without a folder. */
  problemsOf(files: readonly SourceFile[]): string[] {
    const found = new Set(files.map(({ path }) => this.nameOf(path)));
    const homeless = files.filter(
      ({ path, isTest }) => !isTest && this.nameOf(path) === undefined && !this.#isRoot(path),
    );
    return [
      ...homeless.map(({ path }) => `${path}  stands in no folder that has a place in ${RULES}.`),
      ...this.#names
        .filter((name) => !found.has(name))
        .map((name) => `${this.#source}/${name}  has no files, but a place in ${RULES}.`),
    ];
  }

  heightOf(path: string): number {
    const name = this.nameOf(path);
    return name === undefined ? this.#names.length : this.#names.indexOf(name);
  }

  /** The most deeply nested folder that has a place. */
  nameOf(path: string): string | undefined {
    return this.#names
      .filter((name) => path.startsWith(`${this.#source}/${name}/`))
      .reduce<string | undefined>(
        (longest, name) => (name.length > (longest?.length ?? -1) ? name : longest),
        undefined,
      );
  }

  #isRoot(path: string): boolean {
    return posix.dirname(path) === this.#source;
  }
}

/** Circles through values are refused everywhere, circles that types close unless the rules list them. */
function circleProblems(arrows: readonly Arrow[], source: string, allowed: readonly TypeCircle[]): string[] {
  const used = new Set<TypeCircle>();
  const circles = circlesOf(arrows).filter((files) => {
    const circle = allowed.find(({ among }) => files.every((file) => isAmong(file, source, among)));
    if (circle !== undefined) used.add(circle);
    return circle === undefined;
  });
  const refused = new Set(circles.map(String));
  const ofValues = circlesOf(arrows.filter(({ isType }) => !isType)).filter((files) => !refused.has(String(files)));
  return [
    ...[...circles, ...ofValues].map((files) => `${files[0]}  is in a circle of files: ${files.join(", ")}.`),
    ...allowed
      .filter((circle) => !used.has(circle))
      .map(({ among }) => `${RULES}  allows a circle of types among ${among.join(", ")}, where there is none.`),
  ];
}

function isAmong(file: string, source: string, among: readonly string[]): boolean {
  return among.some((name) =>
    name.endsWith("/") ? file.startsWith(`${source}/${name}`) : file === `${source}/${name}`,
  );
}

function circlesOf(arrows: readonly Arrow[]): string[][] {
  const byFile = new Map<string, string[]>();
  for (const { from, to } of arrows) byFile.set(from.path, [...(byFile.get(from.path) ?? []), to.path]);
  return findCircles(byFile);
}
