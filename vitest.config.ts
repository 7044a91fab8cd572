import { defineConfig } from "vitest/config";

const conditions = ["lightning-ts-source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts", "tools/**/*.test.ts", "apps/*/src/**/*.test.ts"],
    pool: "forks",
    testTimeout: 30_000,
  },
});
