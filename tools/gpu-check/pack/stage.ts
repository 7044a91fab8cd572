import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { thinFatbins } from "./thin-fatbins.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ENGINE = join(ROOT, "packages", "backend-onnxruntime", "package.json");
/** Models whose step graphs the probe runs. */
const PROBED = ["mlp", "cnn", "nanogpt", "lstm", "resnet18"];

/** Node, ONNX Runtime's library from npm, and Vulkan's loader. */
export function stageRuntime(folder: string): void {
  mkdirSync(join(folder, "ort-npm"), { recursive: true });
  copyStripped(realpathSync(process.execPath), join(folder, "node"));
  const library = join(packageFolder("onnxruntime-node"), "bin", "napi-v6", "linux", "x64", "libonnxruntime.so.1");
  copyStripped(library, join(folder, "ort-npm", "libonnxruntime.so.1"));
  mkdirSync(join(folder, "lib"));
  copyStripped(vulkanLoader(), join(folder, "lib", "libvulkan.so.1"));
}

/** ONNX Runtime's CUDA build out of PyPI's wheel, with the machine code of one architecture. */
export function stageCuda(folder: string, wheel: string, architecture: number): void {
  const target = join(folder, "ort-cuda");
  mkdirSync(target, { recursive: true });
  execFileSync("unzip", ["-qojd", target, wheel, "onnxruntime/capi/libonnxruntime*.so*"]);
  for (const name of readdirSync(target)) {
    const path = join(target, name);
    if (name.endsWith("_cuda.so")) {
      const file = readFileSync(path);
      const { keptBytes, totalBytes } = thinFatbins(file, architecture);
      writeFileSync(path, file);
      process.stdout.write(`machine code: ${keptBytes} of ${totalBytes} bytes kept\n`);
    } else if (name.includes("tensorrt")) writeFileSync(path, ""); // never loaded
    chmodSync(path, 0o755);
  }
}

/** The programs and what they load from node_modules, and step graphs of the benchmarks' models. */
export async function stageApp(folder: string): Promise<void> {
  const programs = ["main", "probe"];
  await build({
    entryPoints: programs.map((name) => join(ROOT, "tools", "gpu-check", "target", `${name}.ts`)),
    outdir: join(folder, "app"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["lightning-ts-source"],
    external: ["koffi"],
    logLevel: "error",
  });
  copyKoffi(join(folder, "app", "node_modules"));
  const script = join(ROOT, "tools", "gpu-check", "pack", "dump-graphs.ts");
  const flags = ["--conditions=lightning-ts-source", "--import", "tsx"];
  for (const name of PROBED)
    execFileSync(process.execPath, [...flags, script, join(folder, "graphs"), name], { cwd: ROOT, stdio: "inherit" });
}

function copyKoffi(modules: string): void {
  const koffi = packageFolder("koffi");
  for (const part of ["package.json", "index.js", "index.cjs", join("src", "koffi")])
    cpSync(join(koffi, part), join(modules, "koffi", part), { recursive: true });
  const native = dirname(createRequire(join(koffi, "package.json")).resolve("@koromix/koffi-linux-x64/package.json"));
  const target = join(modules, "@koromix", "koffi-linux-x64");
  mkdirSync(join(target, "linux_x64"), { recursive: true });
  for (const part of ["package.json", "index.js"]) copyFileSync(join(native, part), join(target, part));
  copyStripped(join(native, "linux_x64", "koffi.node"), join(target, "linux_x64", "koffi.node"));
}

function packageFolder(name: string): string {
  const engine = createRequire(ENGINE);
  for (const folder of engine.resolve.paths(name) ?? []) {
    try {
      return dirname(realpathSync(join(folder, name, "package.json")));
    } catch {
      // The next folder that Node would look into.
    }
  }
  throw new Error(`${name} is not installed. Try: pnpm install.`);
}

function vulkanLoader(): string {
  const listed = execFileSync("ldconfig", ["-p"], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${process.env["PATH"]}:/sbin` },
  });
  const path = /libvulkan\.so\.1 .*x86-64.* => (\S+)/.exec(listed)?.[1];
  if (path === undefined) throw new Error("There is no libvulkan.so.1 here. Try: apt-get install libvulkan1.");
  return realpathSync(path);
}

function copyStripped(source: string, target: string): void {
  copyFileSync(source, target);
  chmodSync(target, 0o755);
  execFileSync("strip", ["--strip-unneeded", target]);
  if (basename(target) === "node") execFileSync("strip", [target]);
}
