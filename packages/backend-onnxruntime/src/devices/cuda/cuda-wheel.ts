import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** What of the environment says which Python is active. */
export type PythonEnvironment = Readonly<Record<string, string | undefined>>;

const LIBRARY = /^libonnxruntime\.so(\.\d+)*$/;
/** The part of ONNX Runtime that computes with CUDA lies beside its library. */
export const CUDA_PROVIDER = "libonnxruntime_providers_cuda.so";
const PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))";
const PYTHON_LIMIT_MS = 10_000;

/**
 * ONNX Runtime's library in PyPI's wheel `onnxruntime-gpu`, where the active Python environment has it: that of
 * `VIRTUAL_ENV`, of `CONDA_PREFIX`, or the one of `python3`. Known for Linux only.
 */
export function findCudaWheel(environment: PythonEnvironment = process.env): string | undefined {
  if (process.platform !== "linux") return undefined;
  for (const root of [environment["VIRTUAL_ENV"], environment["CONDA_PREFIX"]]) {
    const found = root === undefined || root === "" ? undefined : firstOf(sitePackagesIn(root));
    if (found !== undefined) return found;
  }
  const packages = packagesOfPython(environment);
  return packages === undefined ? undefined : libraryIn(packages);
}

/** Folders with CUDA's and cuDNN's own libraries, from the wheels beside the one that a library came in. */
export function cudaLibraryFolders(library: string): string[] {
  const nvidia = join(dirname(library), "..", "..", "nvidia");
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia)
    .map((name) => join(nvidia, name, "lib"))
    .filter((folder) => existsSync(folder));
}

function sitePackagesIn(root: string): string[] {
  const lib = join(root, "lib");
  if (!existsSync(lib)) return [];
  return readdirSync(lib)
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => join(lib, name, "site-packages"));
}

function firstOf(folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    const library = libraryIn(folder);
    if (library !== undefined) return library;
  }
  return undefined;
}

function libraryIn(sitePackages: string): string | undefined {
  const folder = join(sitePackages, "onnxruntime", "capi");
  if (!existsSync(join(folder, CUDA_PROVIDER))) return undefined;
  const file = readdirSync(folder).find((name) => LIBRARY.test(name));
  return file === undefined ? undefined : join(folder, file);
}

function packagesOfPython(environment: PythonEnvironment): string | undefined {
  const { status, stdout } = spawnSync("python3", ["-c", PURELIB], {
    encoding: "utf8",
    timeout: PYTHON_LIMIT_MS,
    env: { ...environment },
  });
  return status === 0 ? stdout.trim() : undefined;
}
