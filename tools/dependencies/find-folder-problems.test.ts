import { describe, expect, it } from "vitest";
import { findCircles } from "./find-circles.js";
import { findFolderProblems } from "./find-folder-problems.js";
import type { FolderOrder } from "./folder-order.js";
import { importsOf } from "./imports-of.js";

const order: FolderOrder = { layers: ["words", "contract", "run/door", "run", "trainer"] };

/** @param sources by their path below `src`; those that end in `.test.ts` are tests */
function problemsOf(sources: Readonly<Record<string, string>>, rules: FolderOrder = order): string[] {
  const files = Object.entries(sources).map(([path, source]) => ({
    path: `packages/x/src/${path}`,
    isTest: path.endsWith(".test.ts"),
    imports: importsOf(source),
  }));
  const filled = rules.layers.map((layer) => ({ path: `packages/x/src/${layer}/f.ts`, isTest: false, imports: [] }));
  return findFolderProblems({ folder: "packages/x", files: [...filled, ...files] }, rules);
}

describe("findFolderProblems: the order of folders", () => {
  it("accepts what points down or stays, and index.ts, which may import everything", () => {
    const sources = {
      "trainer/a.ts": `import { f } from "../run/f.js";\nimport { g } from "./f.js";`,
      "run/door/a.ts": `import type { F } from "../../words/f.js";`,
      "index.ts": `export { a } from "./trainer/a.js";`,
    };
    expect(problemsOf(sources)).toEqual([]);
  });

  it.each(["import type { F }", "import { f }", "export type { F }"])("refuses %s of a folder above", (statement) => {
    expect(problemsOf({ "words/a.ts": `\n${statement} from "../trainer/f.js";` })).toEqual([
      "packages/x/src/words/a.ts:2  packages/x/src/trainer/f.ts points up: trainer stands above words " +
        "(tools/dependencies/folder-order.ts).",
    ]);
  });

  it("sees dynamic imports, and that src itself stands above all folders", () => {
    const source = `export const load = () => import("../index.js");`;
    expect(problemsOf({ "trainer/a.ts": source, "index.ts": "" })).toEqual([
      expect.stringContaining("packages/x/src/index.ts points up: what stands right in src stands above trainer"),
    ]);
  });

  it("takes a folder within a folder for a layer of its own where it has a place", () => {
    expect(problemsOf({ "run/a.ts": `import { f } from "./door/f.js";` })).toEqual([]);
    expect(problemsOf({ "run/door/a.ts": `import { f } from "../f.js";` })).toHaveLength(1);
    expect(problemsOf({ "run/deep/a.ts": `import { f } from "../door/f.js";` })).toEqual([]);
  });

  it("lets tests import what they like, and nobody else import what belongs to tests", () => {
    const sources = { "words/a.test.ts": `import { f } from "../trainer/f.js";` };
    expect(problemsOf(sources)).toEqual([]);
    expect(problemsOf({ ...sources, "trainer/a.ts": `import { a } from "../words/a.test.js";` })).toEqual([
      "packages/x/src/trainer/a.ts:1  packages/x/src/words/a.test.ts belongs to tests: only they import it.",
    ]);
  });

  it("names folders without a place and places without a folder", () => {
    expect(problemsOf({ "extra/a.ts": "", "wordsmith/a.ts": "" })).toEqual([
      expect.stringMatching(/^packages\/x\/src\/extra\/a\.ts {2}stands in no folder/),
      expect.stringMatching(/^packages\/x\/src\/wordsmith\/a\.ts {2}stands in no folder/),
    ]);
    expect(findFolderProblems({ folder: "packages/x", files: [] }, { layers: ["words"] })).toEqual([
      expect.stringMatching(/^packages\/x\/src\/words {2}has no files/),
    ]);
  });
});

describe("findFolderProblems: circles of files", () => {
  const byType = {
    "contract/a.ts": `import { b } from "./b.js";`,
    "contract/b.ts": `import type { A } from "./a.js";`,
  };
  const byValue = { ...byType, "contract/b.ts": `import { a } from "./a.js";` };
  const allowed = { ...order, typeCircles: [{ among: ["contract/"], reason: "They know each other." }] };

  it("refuses them, also where only types close them", () => {
    const problem =
      "packages/x/src/contract/a.ts  is in a circle of files: " + Object.keys(byType).map(full).join(", ");
    expect(problemsOf(byType)).toEqual([`${problem}.`]);
    expect(problemsOf(byValue)).toEqual([`${problem}.`]);
  });

  it("allows those of types where the rules list their files or their folder, and never those of values", () => {
    const byFiles = { ...order, typeCircles: [{ among: ["contract/a.ts", "contract/b.ts"], reason: "One thing." }] };
    expect(problemsOf(byType, allowed)).toEqual([]);
    expect(problemsOf(byType, byFiles)).toEqual([]);
    expect(problemsOf(byValue, allowed)).toHaveLength(1);
    expect(problemsOf(byValue, byFiles)).toHaveLength(1);
  });

  it("finds the circle of values inside an allowed one of types", () => {
    const sources = {
      "contract/a.ts": `import type { B } from "./b.js";`,
      "contract/b.ts": `import { c } from "./c.js";\nimport type { A } from "./a.js";`,
      "contract/c.ts": `import { b } from "./b.js";`,
    };
    const [problem, ...rest] = problemsOf(sources, allowed);
    expect([problem, rest]).toEqual([expect.stringMatching(/circle of files: \S+b\.ts, \S+c\.ts\.$/), []]);
  });

  it("refuses one that leaves the folder, and an allowance that nothing needs any more", () => {
    const sources = {
      "contract/a.ts": `import type { B } from "../run/b.js";`,
      "run/b.ts": `import type { A } from "../contract/a.js";`,
    };
    expect(problemsOf(sources, allowed)).toEqual([
      expect.stringContaining("points up"),
      expect.stringContaining("is in a circle of files"),
      expect.stringContaining("allows a circle of types among contract/, where there is none"),
    ]);
  });

  it("takes a file that imports itself for a circle", () => {
    expect(problemsOf({ "words/a.ts": `import { b } from "./a.js";` })).toHaveLength(1);
  });
});

describe("findCircles", () => {
  it("tells sets that reach each other from those that only lead there", () => {
    const arrows = new Map([
      ["a", ["b", "x"]],
      ["b", ["c"]],
      ["c", ["a", "d"]],
      ["d", ["e"]],
      ["e", ["d"]],
      ["x", ["d", "y"]],
    ]);
    expect(findCircles(arrows)).toEqual([
      ["d", "e"],
      ["a", "b", "c"],
    ]);
  });

  it("finds one set where circles touch, whatever comes first", () => {
    const arrows: [string, string[]][] = [
      ["a", ["b"]],
      ["b", ["a", "c"]],
      ["c", ["d"]],
      ["d", ["b"]],
    ];
    for (const list of [arrows, [...arrows].reverse()])
      expect(findCircles(new Map(list))).toEqual([["a", "b", "c", "d"]]);
  });
});

function full(path: string): string {
  return `packages/x/src/${path}`;
}
