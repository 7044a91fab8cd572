import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../checks/run-command.js";

/** Versions that were built and tested together. TensorFlow's C interface is stable, so newer wheels work too. */
const TFJS_NODE = "4.22.0";
const TENSORFLOW = "2.21.0";
const NAPI_VERSION = "8";
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

const UNPACK = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
libraries = ["tensorflow/" + name for name in sys.argv[3:]]
wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith("tensorflow/include/") or name in libraries])
`;

/**
 * Builds `@tensorflow/tfjs-node` where its own download of libtensorflow is out of reach: its binding is compiled with
 * g++ against the headers and libraries inside PyPI's `tensorflow-cpu` wheel. Linux x64; needs python3 with pip, and
 * g++.
 * @param folder where everything is kept; what is there already is not made again (about 1.4 GB)
 * @returns the folder of the package `@tensorflow/tfjs-node`, ready to be imported
 */
export async function buildTensorflowBinding(folder: string, print: (line: string) => void): Promise<string> {
  const packageFolder = join(folder, "node_modules", "@tensorflow", "tfjs-node");
  const binding = join(packageFolder, "lib", `napi-v${NAPI_VERSION}`, "tfjs_binding.node");
  if (existsSync(binding)) return packageFolder;
  mkdirSync(folder, { recursive: true });

  print(`installing @tensorflow/tfjs-node ${TFJS_NODE}, without its install script`);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  await mustRun(
    "npm",
    [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      `@tensorflow/tfjs-node@${TFJS_NODE}`,
      "node-api-headers@1",
    ],
    folder,
  );

  const wheelFolder = join(folder, "wheel");
  if (!LIBRARIES.every((name) => existsSync(join(wheelFolder, "tensorflow", name)))) {
    print(`fetching TensorFlow ${TENSORFLOW}'s libraries: the wheel tensorflow-cpu (270 MB)`);
    await mustRun(
      "python3",
      ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", ".", `tensorflow-cpu==${TENSORFLOW}`],
      folder,
    );
    const wheel = readdirSync(folder).find((name) => name.startsWith("tensorflow_cpu-") && name.endsWith(".whl"));
    if (wheel === undefined) throw new Error(`pip left no wheel of tensorflow-cpu in ${folder}.`);
    await mustRun("python3", ["-c", UNPACK, wheel, wheelFolder, ...LIBRARIES], folder);
    rmSync(join(folder, wheel));
  }

  print("compiling the binding");
  await compile(
    packageFolder,
    join(wheelFolder, "tensorflow"),
    join(folder, "node_modules", "node-api-headers", "include"),
    binding,
  );
  return packageFolder;
}

async function compile(packageFolder: string, tensorflow: string, nodeHeaders: string, binding: string): Promise<void> {
  const libraryFolder = join(packageFolder, "deps", "lib");
  mkdirSync(libraryFolder, { recursive: true });
  mkdirSync(join(binding, ".."), { recursive: true });
  for (const name of LIBRARIES) {
    if (!existsSync(join(libraryFolder, name))) symlinkSync(join(tensorflow, name), join(libraryFolder, name));
  }
  const flags = ["-O2", "-shared", "-fPIC", "-std=c++17", `-DNAPI_VERSION=${NAPI_VERSION}`];
  const includes = ["..", join(tensorflow, "include"), nodeHeaders].map((path) => `-I${path}`);
  const libraries = [
    `-L${libraryFolder}`,
    ...LIBRARIES.map((name) => `-l:${name}`),
    "-Wl,-rpath,$ORIGIN/../../deps/lib",
  ];
  const sources = ["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"];
  await mustRun("g++", [...flags, ...includes, ...sources, "-o", binding, ...libraries], packageFolder);
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, output } = await runCommand(command, args, { cwd });
  if (exitCode !== 0) throw new Error(`${command} failed with exit code ${exitCode}.\n${output}`);
}
