/**
 * Installs the packed packages in an empty project, with npm and with pnpm, with and without install scripts, and trains
 * there. Names on the command line choose among the cases.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPnpm } from "./checks/pnpm-command.js";
import { runCommand, type CommandResult } from "./checks/run-command.js";

const TRAIN = `
import * as L from "lightning-ts";
import { currentBackend, DataLoader, F, nn, optim, TensorDataset, tf } from "lightning-ts/core";

class Line extends L.LightningModule {
  net = new nn.Linear(1, 1);
  trainingStep([x, y]) { return F.mseLoss(this.net.forward(x), y); }
  configureOptimizers() { return new optim.SGD(this.parameters(), { lr: 0.1 }); }
}
const x = Float32Array.from({ length: 64 }, (_, i) => i / 64);
const data = new TensorDataset(tf.buffer([64, 1], "float32", x), tf.buffer([64, 1], "float32", x.map((v) => 2 * v + 1)));
const { status } = await new L.Trainer({ maxEpochs: 20, enableProgressBar: false }).fit(new Line(), new DataLoader(data, { batchSize: 16 }));
console.log(status, "on", currentBackend().name);
`;

interface InstallCase {
  readonly name: string;
  install(folder: string, tarballs: ReadonlyMap<string, string>): Promise<CommandResult>;
}

const cases: readonly InstallCase[] = [
  { name: "npm without scripts", install: (folder, tarballs) => npmInstall(folder, tarballs, ["--ignore-scripts"]) },
  { name: "npm with scripts", install: (folder, tarballs) => npmInstall(folder, tarballs, []) },
  { name: "pnpm", install: pnpmInstall },
];

function npmInstall(folder: string, tarballs: ReadonlyMap<string, string>, flags: readonly string[]): Promise<CommandResult> {
  return runCommand("npm", ["install", "--no-audit", "--no-fund", ...flags, ...tarballs.values(), "@tensorflow/tfjs-core@4.22.0"], { cwd: folder });
}

function pnpmInstall(folder: string, tarballs: ReadonlyMap<string, string>): Promise<CommandResult> {
  const overrides = [...tarballs].map(([name, path]) => `  "${name}": "file:${path}"`).join("\n");
  const builds = ["koffi", "onnxruntime-node", "protobufjs"].map((name) => `  ${name}: false`).join("\n");
  writeFileSync(join(folder, "pnpm-workspace.yaml"), `packages: []\noverrides:\n${overrides}\nallowBuilds:\n${builds}\n`);
  return runPnpm(["add", "lightning-ts", "@tensorflow/tfjs-core@4.22.0"], { cwd: folder });
}

async function packAll(folder: string): Promise<Map<string, string>> {
  const { exitCode, output } = await runPnpm(["--recursive", "--filter", "./packages/*", "--filter", "!@lightning-ts/testing", "pack", "--pack-destination", folder]);
  if (exitCode !== 0) throw new Error(output);
  const names = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return new Map(names.map((file) => [packageNameOfTarball(file), join(folder, file)]));
}

/** `lightning-ts-core-0.1.0.tgz` is `@lightning-ts/core`, `lightning-ts-0.1.0.tgz` is `lightning-ts`. */
function packageNameOfTarball(file: string): string {
  const name = file.replace(/-\d.*$/, "");
  return name === "lightning-ts" ? name : name.replace("lightning-ts-", "@lightning-ts/");
}

const words = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), "lightning-ts-install-"));
try {
  const tarballs = await packAll(root);
  for (const { name, install } of cases.filter((one) => words.every((word) => one.name.includes(word)))) {
    const folder = join(root, name.replaceAll(" ", "-"));
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    writeFileSync(join(folder, "train.js"), TRAIN);
    const installed = await install(folder, tarballs);
    const trained = installed.exitCode === 0 ? await runCommand("node", ["train.js"], { cwd: folder }) : installed;
    const isGood = trained.exitCode === 0 && trained.output.includes("on onnxruntime");
    console.log(isGood ? `✓ ${name}: ${trained.output.trim().split("\n").at(-1)}` : `✗ ${name}\n${installed.output}\n${trained.output}`);
    if (!isGood) process.exitCode = 1;
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
