import { defineConfig } from "vitest/config";

const conditions = ["lightning-ts-source", "module", "node", "development|production"];

/** How tests find the packages: by their TypeScript source. */
export const sourceConditions = { resolve: { conditions }, ssr: { resolve: { conditions } } };

const ALL = ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts", "tools/**/*.test.ts", "apps/*/src/**/*.test.ts"];

/**
 * Importing the packages takes longer than the tests of most files, so these share a process. What looks at a process as it
 * starts, counts its tensors, chooses a backend's options or ends it stays alone.
 */
const SHARED = [
  "packages/core/src/{charts,codecs,data,distributions,errors,metric,random,tree}/**/*.test.ts",
  "packages/core/src/{autograd,kernels,nn,optim,tensor}/**/*.test.ts",
  "packages/{data,metrics,testing,torch-files,vision}/src/**/*.test.ts",
  "packages/fabric/src/{checkpoint,connect,environments,fabric,loggers,messages,precision,setups,strategies,wrappers}/**/*.test.ts",
  "packages/pytorch/src/{callbacks,checkpoint,contract,data,display,options,profilers,results,run,trainer,tuner,words}/**/*.test.ts",
  "tools/{dependencies,docs,options,terminal-picture}/**/*.test.ts",
];

/** Files of these folders that choose the engine's threads, or measure, list or replace what a process has once. */
const ALONE = [
  "packages/core/src/autograd/special-points.test.ts",
  "packages/core/src/random/without-webassembly.test.ts",
  "packages/core/src/**/*-on-{one-thread,two-threads}.test.ts",
  "packages/fabric/src/environments/rank-zero-only.test.ts",
  "packages/fabric/src/fabric/memory.test.ts",
  "packages/pytorch/src/trainer/async-context.test.ts",
  "packages/torch-files/src/files/hostile-pickles.test.ts",
];

const MODULES = "**/node_modules/**";

export default defineConfig({
  ...sourceConditions,
  test: {
    pool: "forks",
    // Ends what hangs. Two files share two processors, with the processes that they start.
    testTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "alone", include: ALL, exclude: [MODULES, ...SHARED] } },
      { extends: true, test: { name: "alone in a shared folder", include: ALONE, exclude: [MODULES] } },
      { extends: true, test: { name: "shared", include: SHARED, exclude: [MODULES, ...ALONE], isolate: false } },
    ],
  },
});
