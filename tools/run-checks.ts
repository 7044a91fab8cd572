/**
 * Runs everything that CI runs, on what is in the checkout, and ends with one line `N passed, N failed`:
 * every test counts once, and so does every other check. Words on the command line choose checks by name.
 */
import { changesetsCheck } from "./checks/changesets-check.js";
import { commandCheck, type Check } from "./checks/check.js";
import { runStage, type Totals } from "./checks/run-stage.js";
import { DIED_WORKERS, vitestCheck } from "./checks/vitest-check.js";

/** Long checks stand first, so that no processor waits for one at the end. */
interface Stage {
  readonly checks: readonly Check[];
  readonly concurrency: number;
  /** Later stages stand on this one. */
  readonly isRequired?: boolean;
}

function tool(name: string, ...args: string[]): Check {
  return commandCheck(name, "tsx", [`tools/${args[0] ?? ""}.ts`, ...args.slice(1)]);
}

function app(name: string, ...args: string[]): Check {
  return commandCheck(`app: ${name}`, "tsx", args, { cwd: `apps/${name}` });
}

const stages: readonly Stage[] = [
  {
    concurrency: 1,
    isRequired: true,
    checks: [commandCheck("build", "turbo", ["run", "build", "--output-logs=errors-only"])],
  },
  {
    concurrency: 2,
    checks: [
      commandCheck("typecheck", "turbo", ["run", "typecheck", "typecheck:tools", "--output-logs=errors-only"]),
      commandCheck("types of the built files", "tsx", ["tests/types/main.ts"]),
      tool("documentation", "check-docs"),
      commandCheck("lint", "oxlint", ["--type-aware", "--deny-warnings"]),
      tool("dependencies", "check-deps"),
      tool("lines", "check-lines"),
      commandCheck("format", "oxfmt", ["--check", "."]),
      tool("documentation of options", "option-docs"),
      tool("table of PyTorch's names", "torch-names"),
      commandCheck("dead exports", "knip", ["--no-progress", "--no-config-hints"]),
      tool("packed tarballs", "check-packed"),
      tool("imports that do nothing", "check-imports"),
      commandCheck("generated code", "node", ["packages/core/tools/generate-tfjs-registrations.mjs", "--check"]),
      tool("generated WebAssembly", "uniform-module"),
      changesetsCheck(),
    ],
  },
  { concurrency: 1, checks: [vitestCheck("tests", [])] },
  {
    concurrency: 2,
    checks: [
      ...oneCpuChecks(),
      app("fabric-gallery", "src/all.ts"),
      sampleOfMutants(),
      app("first-steps", "src/main.ts"),
      app("mnist", "src/main.ts", "--short", "--expect-accuracy", "0.88"),
      app("ported", "src/all.ts"),
      app("distributed", "src/main.ts", "--devices", "2", "--short"),
      app("tabular", "src/main.ts", "--expect-accuracy", "0.9"),
      app("images", "src/main.ts", "--short", "--expect-accuracy", "0.35"),
    ],
  },
];

/** Whether tests still notice what is wrong, by a sample of faults (docs/decisions/0073-mutation-testing.md). */
function sampleOfMutants(): Check {
  return tool("sample of mutants", "mutation/main", "loops-alone", "--imports=0", "--sample=60", "--least=85");
}

/** On one CPU the engine has one thread, and other things go wrong than with several. */
function oneCpuChecks(): readonly Check[] {
  if (process.platform !== "linux") return [];
  const folders = ["backend", "session", "devices/cpu"].map((name) => `packages/backend-onnxruntime/src/${name}/`);
  const reporters = ["--reporter=default", `--reporter=${DIED_WORKERS}`];
  return [commandCheck("engine on one CPU", "taskset", ["-c", "0", "vitest", "run", ...reporters, ...folders])];
}

async function main(words: readonly string[]): Promise<void> {
  const isChosen = ({ name }: Check) => words.length === 0 || words.some((word) => name.includes(word));
  const totals = { passed: 0, failed: 0 };
  for (const { checks, concurrency, isRequired } of stages) {
    const found: Totals = await runStage(checks.filter(isChosen), { concurrency, print: (text) => console.log(text) });
    totals.passed += found.passed;
    totals.failed += found.failed;
    if (isRequired === true && found.failed > 0) break;
  }
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
