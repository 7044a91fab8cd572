/** What a package may stand on. Everything it names lies below it; nothing imports upwards. */
export interface DependencyRule {
  /** Workspace packages that the source may import. */
  readonly mayImport: readonly string[];
  /** Workspace packages that it may import as types, or load with a dynamic import. */
  readonly mayImportTypes?: readonly string[];
  /** Where `node:` imports are allowed: everywhere, nowhere, or in some folders. The rest also runs in a browser. */
  readonly nodeImports: "allowed" | "forbidden" | readonly string[];
}

/** The packages of this repository, lowest first (docs/architecture.md draws them). */
export const dependencyRules: Readonly<Record<string, DependencyRule>> = {
  "@lightning-ts/backend-onnxruntime": { mayImport: [], nodeImports: "allowed" },
  "@lightning-ts/core": {
    mayImport: [],
    mayImportTypes: ["@lightning-ts/backend-onnxruntime"],
    nodeImports: "forbidden",
  },
  "@lightning-ts/torch-files": { mayImport: [], nodeImports: "forbidden" },
  "@lightning-ts/metrics": { mayImport: ["@lightning-ts/core"], nodeImports: "forbidden" },
  "@lightning-ts/vision": { mayImport: ["@lightning-ts/core"], nodeImports: "forbidden" },
  "@lightning-ts/data": { mayImport: ["@lightning-ts/core", "@lightning-ts/torch-files"], nodeImports: "forbidden" },
  "@lightning-ts/fabric": {
    mayImport: ["@lightning-ts/core", "@lightning-ts/backend-onnxruntime"],
    nodeImports: ["src/node", "src/cli"],
  },
  "@lightning-ts/pytorch": {
    mayImport: ["@lightning-ts/core", "@lightning-ts/fabric", "@lightning-ts/torch-files"],
    nodeImports: ["src/cli"],
  },
  "lightning-ts": {
    mayImport: [
      "@lightning-ts/core",
      "@lightning-ts/data",
      "@lightning-ts/fabric",
      "@lightning-ts/pytorch",
      "@lightning-ts/metrics",
      "@lightning-ts/torch-files",
      "@lightning-ts/vision",
    ],
    nodeImports: "allowed",
  },
  "@lightning-ts/testing": {
    mayImport: ["@lightning-ts/core", "@lightning-ts/fabric", "@lightning-ts/pytorch"],
    nodeImports: "allowed",
  },
};
