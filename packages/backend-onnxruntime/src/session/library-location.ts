import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Names another build of ONNX Runtime's library, for instance one with CUDA. */
export const LIBRARY_VARIABLE = "LIGHTNING_ORT_LIBRARY";

/**
 * What to run where `onnxruntime-node` is missing. Its install script fetches CUDA files, which the engine does not
 * need; where that fails, npm leaves the optional package out without a word.
 */
export const INSTALL_COMMAND =
  "npm install onnxruntime-node --ignore-scripts (or: pnpm add onnxruntime-node --ignore-scripts)";

export type LibraryLocation =
  | {
      readonly isFound: true;
      readonly path: string;
      /** An option or the environment named it. */ readonly isChosen: boolean;
    }
  | { readonly isFound: false; readonly reason: string; readonly install?: string | undefined };

export interface LibraryOptions {
  /**
   * Path of an ONNX Runtime shared library. @default environment variable LIGHTNING_ORT_LIBRARY, else the one inside
   * the package `onnxruntime-node`
   */
  readonly libraryPath?: string | undefined;
}

const LIBRARY_FILE: Readonly<Partial<Record<NodeJS.Platform, RegExp>>> = {
  linux: /^libonnxruntime\.so(\.\d+)*$/,
  darwin: /^libonnxruntime(\.\d+)*\.dylib$/,
  win32: /^onnxruntime\.dll$/,
};

/** Finds ONNX Runtime's shared library without loading anything. */
export function locateLibrary(options: LibraryOptions = {}): LibraryLocation {
  const chosen = options.libraryPath ?? process.env[LIBRARY_VARIABLE];
  if (chosen === undefined || chosen === "") return locateInPackage();
  if (existsSync(chosen)) return { isFound: true, path: chosen, isChosen: true };
  const source = options.libraryPath === undefined ? `environment variable ${LIBRARY_VARIABLE}` : "option libraryPath";
  return { isFound: false, reason: `There is no ONNX Runtime library at ${chosen}, which the ${source} names.` };
}

function locateInPackage(): LibraryLocation {
  const folder = packageFolder("onnxruntime-node");
  if (folder === undefined) {
    return {
      isFound: false,
      reason: "The package onnxruntime-node, which carries ONNX Runtime's library, is not installed.",
      install: INSTALL_COMMAND,
    };
  }
  const path = libraryIn(join(folder, "bin"));
  if (path !== undefined) return { isFound: true, path, isChosen: false };
  const reason = `The package onnxruntime-node carries no library for ${process.platform} on ${process.arch} (it has Linux x64 and arm64 with glibc, macOS arm64, Windows x64 and arm64).`;
  return {
    isFound: false,
    reason,
    install: `name another build of the library in the environment variable ${LIBRARY_VARIABLE}`,
  };
}

/** The folder of an installed package as seen from this one, or `undefined`. */
export function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined; // not installed
  }
}

function libraryIn(bin: string): string | undefined {
  const pattern = LIBRARY_FILE[process.platform];
  if (pattern === undefined || !existsSync(bin)) return undefined;
  for (const version of readdirSync(bin).sort().reverse()) {
    const folder = join(bin, version, process.platform, process.arch);
    const file = existsSync(folder) ? readdirSync(folder).find((name) => pattern.test(name)) : undefined;
    if (file !== undefined) return join(folder, file);
  }
  return undefined;
}
