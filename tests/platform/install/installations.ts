import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, type CommandResult } from "../../../tools/checks/run-command.js";

/** One way in which somebody may install the packages into an empty project. */
export interface Installation {
  readonly name: string;
  /** Whether ONNX Runtime's library must be there afterwards. */
  readonly hasLibrary: boolean;
  /** Installs every package rather than the engine and core alone. */
  readonly isWhole?: boolean;
  install(project: string, tarballs: readonly string[]): Promise<CommandResult>;
}

const TFJS = "@tensorflow/tfjs-core@4.22.0";

/** `onnxruntime-node`'s install script throws at this value, as it does where it cannot download. */
const FAILING_SCRIPT = { ONNXRUNTIME_NODE_INSTALL_CUDA: "11" };
const SKIP_DOWNLOAD = { ONNXRUNTIME_NODE_INSTALL: "skip" };

function npm(
  project: string,
  packages: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  return runCommand("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts=false", ...packages], {
    cwd: project,
    environment,
  });
}

function pnpm(project: string, args: readonly string[]): Promise<CommandResult> {
  return runCommand("npx", ["--yes", "pnpm@12", "add", ...args], { cwd: project });
}

/** What the documentation tells users of pnpm to write: nothing of ours needs an install script. */
const PNPM_WORKSPACE = "allowBuilds:\n  core-js: false\n  esbuild: false\n  koffi: false\n  onnxruntime-node: false\n";

export const INSTALLATIONS: readonly Installation[] = [
  {
    name: "npm, install scripts off",
    hasLibrary: true,
    install: (project, tarballs) =>
      runCommand("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", TFJS, ...tarballs], {
        cwd: project,
      }),
  },
  {
    name: "npm, everything, install scripts off, for Node, Deno and Bun",
    hasLibrary: true,
    isWhole: true,
    install: (project, tarballs) =>
      runCommand(
        "npm",
        ["install", "--no-audit", "--no-fund", "--ignore-scripts", TFJS, "deno@2", "bun@1", ...tarballs],
        { cwd: project },
      ),
  },
  {
    name: "npm, install scripts on, download skipped",
    hasLibrary: true,
    install: (project, tarballs) => npm(project, [TFJS, ...tarballs], SKIP_DOWNLOAD),
  },
  {
    name: "npm, onnxruntime-node's install script fails: the first use explains",
    hasLibrary: false,
    install: (project, tarballs) => npm(project, [TFJS, ...tarballs], FAILING_SCRIPT),
  },
  {
    name: "npm, then the command that the explanation names",
    hasLibrary: true,
    install: async (project, tarballs) => {
      const failed = await npm(project, [TFJS, ...tarballs], FAILING_SCRIPT);
      return failed.exitCode === 0
        ? runCommand("npm", ["install", "onnxruntime-node@1.30", "--ignore-scripts"], { cwd: project })
        : failed;
    },
  },
  {
    name: "pnpm, install scripts off",
    hasLibrary: true,
    install: (project, tarballs) => pnpm(project, ["--ignore-scripts", TFJS, ...tarballs]),
  },
  {
    name: "pnpm, allowBuilds in pnpm-workspace.yaml",
    hasLibrary: true,
    install: (project, tarballs) => {
      writeFileSync(join(project, "pnpm-workspace.yaml"), PNPM_WORKSPACE);
      return pnpm(project, [TFJS, ...tarballs]);
    },
  },
  {
    name: "pnpm without any setting: complains of ignored install scripts, and works",
    hasLibrary: true,
    install: async (project, tarballs) => {
      const { exitCode, output } = await pnpm(project, [TFJS, ...tarballs]);
      return { exitCode: exitCode === 0 || output.includes("ERR_PNPM_IGNORED_BUILDS") ? 0 : exitCode, output };
    },
  },
];
