import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CUDA_PROVIDER, cudaLibraryFolders, findCudaWheel } from "./cuda-wheel.js";
import { preloadCuda } from "./preload-cuda.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cuda-wheel-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "");
  return path;
}

/** Site packages with the wheel, or with the one that has no CUDA. */
function wheelIn(environment: string, hasCuda = true): string {
  const folder = [environment, "lib", "python3.12", "site-packages", "onnxruntime", "capi"];
  if (hasCuda) write(...folder, CUDA_PROVIDER);
  return write(...folder, "libonnxruntime.so.1.31.1");
}

/** A `python3` whose packages lie in that environment. */
function pythonOf(environment: string): string {
  const path = write("bin", "python3");
  writeFileSync(path, `#!/bin/sh\necho ${join(root, environment, "lib", "python3.12", "site-packages")}\n`);
  chmodSync(path, 0o755);
  return join(root, "bin");
}

describe.skipIf(process.platform !== "linux")("the wheel onnxruntime-gpu", () => {
  it("is found in a virtual environment, before Conda's and that of python3", () => {
    const [venv, conda, system] = ["venv", "conda", "system"].map((name) => wheelIn(name));
    const PATH = pythonOf("system");
    const [VIRTUAL_ENV, CONDA_PREFIX] = [join(root, "venv"), join(root, "conda")];
    expect(findCudaWheel({ VIRTUAL_ENV, CONDA_PREFIX, PATH })).toBe(venv);
    expect(findCudaWheel({ CONDA_PREFIX, PATH })).toBe(conda);
    expect(findCudaWheel({ VIRTUAL_ENV: "", PATH })).toBe(system);
  });

  it("is passed over where it has no part for CUDA", () => {
    wheelIn("venv", false);
    const system = wheelIn("system");
    expect(findCudaWheel({ VIRTUAL_ENV: join(root, "venv"), PATH: pythonOf("system") })).toBe(system);
  });

  it("is nowhere where no Python is, or none of its environments exists", () => {
    expect(findCudaWheel({ VIRTUAL_ENV: join(root, "gone"), PATH: root })).toBeUndefined();
  });

  it("has CUDA's libraries in the wheels beside it", () => {
    const library = wheelIn("venv");
    const packages = ["venv", "lib", "python3.12", "site-packages", "nvidia"];
    write(...packages, "cu13", "lib", "libcudart.so.13");
    write(...packages, "cudnn", "lib", "libcudnn.so.9");
    write(...packages, "cudnn", "include", "cudnn.h");
    expect(cudaLibraryFolders(library).map((folder) => basename(join(folder, "..")))).toEqual(["cu13", "cudnn"]);
    expect(cudaLibraryFolders("/usr/lib/libonnxruntime.so")).toEqual([]);
  });
});

describe("CUDA's libraries", () => {
  it("are loaded in whatever order they need each other, and no others", () => {
    for (const name of ["libcublas.so.13", "libcublasLt.so.13", "libcudart.so.13", "libnccl.so.2", "libcublas.so"])
      write("lib", name);
    const needs: Readonly<Record<string, string>> = { "libcublas.so.13": "libcublasLt.so.13" };
    const present = new Set<string>();
    const load = (file: string) => {
      const needed = needs[basename(file)];
      if (needed !== undefined && !present.has(needed)) throw new Error(`${needed}: cannot open shared object file`);
      present.add(basename(file));
    };
    const loaded = preloadCuda([join(root, "lib")], load).map((file) => basename(file));
    expect(loaded.toSorted()).toEqual(["libcublas.so.13", "libcublasLt.so.13", "libcudart.so.13"]);
    expect(loaded.at(-1)).toBe("libcublas.so.13");
  });

  it("that never load are left to the system", () => {
    write("lib", "libcudnn.so.9");
    const refuse = (): never => {
      throw new Error("no");
    };
    expect(preloadCuda([join(root, "lib")], refuse)).toEqual([]);
  });
});
