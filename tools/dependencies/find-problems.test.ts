import { describe, expect, it } from "vitest";
import { dependencyRules } from "./dependency-rules.js";
import { findDependencyProblems, type DependencyContext } from "./find-problems.js";
import { importsOf } from "./imports-of.js";

const doors = new Map(Object.keys(dependencyRules).map((name) => [name, new Set([".", "./package.json"])]));
const context: DependencyContext = { rules: dependencyRules, doors };

function problemsOf(
  name: string,
  source: string,
  options: { isTest?: boolean; dependencies?: string[]; path?: string } = {},
): string[] {
  const folder = `packages/${name.replace("@lightning-ts/", "")}`;
  const dependencies = Object.fromEntries((options.dependencies ?? []).map((dependency) => [dependency, "*"]));
  const path = `${folder}/${options.path ?? `src/nn/linear${options.isTest === true ? ".test" : ""}.ts`}`;
  const files = [{ path, isTest: options.isTest ?? false, imports: importsOf(source) }];
  return findDependencyProblems({ folder, manifest: { name, dependencies }, files }, context);
}

describe("findDependencyProblems", () => {
  it("accepts what lies below", () => {
    const source = `import { Fabric } from "@lightning-ts/fabric";\nimport { nn } from "./nn.js";`;
    expect(problemsOf("@lightning-ts/pytorch", source, { dependencies: ["@lightning-ts/fabric"] })).toEqual([]);
  });

  it("refuses an upward import and an upward dependency", () => {
    const source = `import { Trainer } from "@lightning-ts/pytorch";`;
    expect(problemsOf("@lightning-ts/core", source, { dependencies: ["@lightning-ts/pytorch"] })).toEqual([
      "packages/core/package.json  depends on @lightning-ts/pytorch, which is not below @lightning-ts/core.",
      "packages/core/src/nn/linear.ts:1  @lightning-ts/pytorch is not below @lightning-ts/core: dependencies point down.",
    ]);
  });

  it("lets core see the engine as types and through a dynamic import only", () => {
    const dependencies = ["@lightning-ts/backend-onnxruntime"];
    const types = `import type { LazyKernel } from "@lightning-ts/backend-onnxruntime";`;
    const dynamic = `const engine = await import("@lightning-ts/backend-onnxruntime");`;
    const values = `import { register } from "@lightning-ts/backend-onnxruntime";`;
    expect(problemsOf("@lightning-ts/core", types, { dependencies })).toEqual([]);
    expect(problemsOf("@lightning-ts/core", dynamic, { dependencies })).toEqual([]);
    expect(problemsOf("@lightning-ts/core", values, { dependencies })).toHaveLength(1);
  });

  it("refuses node: in packages that run in a browser, except in their tests", () => {
    const source = `import { readFileSync } from "node:fs";`;
    expect(problemsOf("@lightning-ts/core", source)).toHaveLength(1);
    expect(problemsOf("@lightning-ts/core", source, { isTest: true })).toEqual([]);
    expect(problemsOf("@lightning-ts/fabric", source)).toHaveLength(1);
    expect(problemsOf("@lightning-ts/fabric", source, { path: "src/node/node-files.ts" })).toEqual([]);
    expect(problemsOf("@lightning-ts/fabric", source, { path: "src/nodes/node-files.ts" })).toHaveLength(1);
    expect(problemsOf("@lightning-ts/backend-onnxruntime", source)).toEqual([]);
  });

  it("refuses deep imports, files of other packages, and packages that are not declared", () => {
    const dependencies = ["@lightning-ts/core"];
    expect(
      problemsOf("@lightning-ts/fabric", `import { x } from "@lightning-ts/core/src/nn/linear.js";`, { dependencies }),
    ).toHaveLength(1);
    expect(problemsOf("@lightning-ts/fabric", `import { x } from "../../../core/src/index.js";`)).toHaveLength(1);
    expect(problemsOf("@lightning-ts/fabric", `import { x } from "koffi";`)).toHaveLength(1);
  });
});

describe("importsOf", () => {
  it("finds statements over several lines and re-exports, and leaves comments and strings alone", () => {
    const source = [
      "/**",
      ' * import { a } from "in-a-comment";',
      " */",
      "import {",
      "  b,",
      '} from "several-lines";',
      'export { c } from "re-export";',
      'export const d = "not-an-import";',
      'export * from "star";',
      'import "side-effect";',
    ].join("\n");
    expect(importsOf(source).map(({ specifier, line, isStarExport }) => [specifier, line, isStarExport])).toEqual([
      ["several-lines", 4, false],
      ["re-export", 7, false],
      ["star", 9, true],
      ["side-effect", 10, false],
    ]);
  });
});
