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
import { build, type BuildOptions } from "esbuild";
import { bundleTests } from "../../conformance/bundle-tests.js";
import { coreSuite } from "../../conformance/core-suite.js";
import { thinFatbins } from "./thin-fatbins.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ENGINE = join(ROOT, "packages", "backend-onnxruntime", "package.json");
/** What runs on the other machine. */
const PROGRAMS = ["main", "probe", "parity", "times", "conformance", "uploads"];
/** Libraries that belong to a display, and Debian's packages of them. */
const DISPLAY_LIBRARIES: Readonly<Record<string, string>> = {
  "libX11.so.6": "libx11-6",
  "libXext.so.6": "libxext6",
  "libxcb.so.1": "libxcb1",
  "libXau.so.6": "libxau6",
  "libXdmcp.so.6": "libxdmcp6",
  "libbsd.so.0": "libbsd0",
  "libmd.so.0": "libmd0",
  "libGLdispatch.so.0": "libglvnd0",
  "libEGL.so.1": "libegl1",
};
/** Models whose step graphs the probe runs. */
const PROBED = ["mlp", "cnn", "nanogpt", "lstm", "resnet18"];

/** Node, ONNX Runtime's library from npm, and Vulkan's loader. */
export function stageRuntime(folder: string): void {
  mkdirSync(join(folder, "ort-npm"), { recursive: true });
  copyStripped(realpathSync(process.execPath), join(folder, "node"));
  const library = join(packageFolder("onnxruntime-node"), "bin", "napi-v6", "linux", "x64", "libonnxruntime.so.1");
  copyStripped(library, join(folder, "ort-npm", "libonnxruntime.so.1"));
  mkdirSync(join(folder, "lib"));
  copyStripped(systemLibrary("libvulkan.so.1", "libvulkan1"), join(folder, "lib", "libvulkan.so.1"));
}

/** What NVIDIA's Vulkan driver is linked with, and bare machines without a display may lack. */
export function stageDisplay(folder: string): void {
  const target = join(folder, "lib-display");
  mkdirSync(target, { recursive: true });
  for (const [name, debian] of Object.entries(DISPLAY_LIBRARIES))
    copyStripped(systemLibrary(name, debian), join(target, name));
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

/** The programs and what they load from node_modules, tests, and step graphs of the benchmarks' models. */
export async function stageApp(folder: string): Promise<void> {
  const app = join(folder, "app");
  await bundlePrograms(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
  copyKoffi(join(app, "node_modules"));
  await stageTests(app);
  const peers = join(ROOT, "apps", "benchmarks", "src", "peers");
  mkdirSync(join(app, "python"));
  for (const name of ["pytorch_worker.py", "mnist_net.py", "start_file.py"])
    copyFileSync(join(peers, name), join(app, "python", name));
  const script = join(ROOT, "tools", "gpu-check", "pack", "dump-graphs.ts");
  const flags = ["--conditions=lightning-ts-source", "--import", "tsx"];
  for (const name of PROBED)
    execFileSync(process.execPath, [...flags, script, join(folder, "graphs"), name], { cwd: ROOT, stdio: "ignore" });
}

/** One file each, with the engine in it; the files of the engine's threads are found beside them. */
async function bundlePrograms(app: string): Promise<void> {
  const ours = join(ROOT, "tools", "gpu-check", "target");
  const worker = join(ROOT, "apps", "benchmarks", "src", "peers", "tfjs-worker.ts");
  const options: BuildOptions = {
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["lightning-ts-source"],
    mainFields: ["module", "main"],
    external: ["koffi", "onnxruntime-node"],
    // What tfjs' CommonJS parts ask for.
    banner: {
      js: 'import { createRequire as gpuCheckRequire } from "node:module"; const require = gpuCheckRequire(import.meta.url);',
    },
    logLevel: "error",
  };
  await build({
    ...options,
    entryPoints: [...PROGRAMS.map((name) => join(ours, `${name}.ts`)), worker],
    outdir: app,
    outbase: ROOT,
    entryNames: "[name]",
    outExtension: { ".js": ".mjs" },
  });
  await build({ ...options, entryPoints: threadFiles(), outdir: app, entryNames: "[name]" });
}

/** Files that the engine starts as threads, wherever in its package they are. */
function threadFiles(): string[] {
  const source = join(dirname(ENGINE), "src");
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => ["run-worker.js", "program-helper.js"].includes(basename(path)))
    .map((path) => join(source, path));
}

/** tfjs-core's tests, made for each device, and the jasmine that runs them. */
async function stageTests(app: string): Promise<void> {
  const tools = createRequire(join(ROOT, "package.json"));
  const jasmine = dirname(tools.resolve("jasmine/package.json"));
  const core = dirname(createRequire(join(jasmine, "package.json")).resolve("jasmine-core/package.json"));
  await build({
    entryPoints: [jasmine],
    outfile: join(app, "node_modules", "jasmine", "index.js"),
    bundle: true,
    platform: "node",
    external: ["jasmine-core"],
    logLevel: "error",
  });
  cpSync(core, join(app, "node_modules", "jasmine-core"), { recursive: true, dereference: true });
  for (const backend of ["onnxruntime-webgpu", "onnxruntime-cuda"]) {
    const tests = readFileSync(await bundleTests(coreSuite(), backend), "utf8");
    // They name the jasmine of this machine.
    const moved = tests.replaceAll(/require\("[^"]*\/(jasmine-core[^"]*)"\)/g, 'require("jasmine-core")');
    writeFileSync(join(app, `tests-${backend}.cjs`), moved);
  }
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

function systemLibrary(name: string, debian: string): string {
  const PATH = `${process.env["PATH"]}:/sbin`;
  const listed = execFileSync("ldconfig", ["-p"], { encoding: "utf8", env: { ...process.env, PATH } });
  const line = listed.split("\n").find((text) => text.trim().startsWith(`${name} `) && text.includes("x86-64"));
  const path = line?.split(" => ")[1];
  if (path === undefined) throw new Error(`There is no ${name} here. Try: apt-get install ${debian}.`);
  return realpathSync(path);
}

function copyStripped(source: string, target: string): void {
  copyFileSync(source, target);
  chmodSync(target, 0o755);
  execFileSync("strip", ["--strip-unneeded", target]);
  if (basename(target) === "node") execFileSync("strip", [target]);
}
