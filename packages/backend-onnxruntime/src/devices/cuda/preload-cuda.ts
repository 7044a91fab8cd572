import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadLibrary } from "../../session/load-library.js";

/** What ONNX Runtime's provider is linked with, and what that is linked with. */
const NEEDED = /^lib(cudart|cublas|cublasLt|cudnn|cufft|curand|nvrtc|nvJitLink)\.so\.\d+$/;

/**
 * Loads CUDA's libraries from these folders, so that the provider finds them under their names without a search path.
 * Each needs others, so those that do not load are tried again after the others; what never does is left to the system.
 * @param load how one is loaded; throws where it cannot be
 * @returns the files that were loaded, in their order
 */
export function preloadCuda(folders: readonly string[], load: (file: string) => unknown = loadLibrary): string[] {
  let waiting = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => NEEDED.test(name))
      .map((name) => join(folder, name)),
  );
  const loaded: string[] = [];
  for (let before = -1; loaded.length > before && waiting.length > 0;) {
    before = loaded.length;
    waiting = waiting.filter((file) => {
      if (!loads(file, load)) return true;
      loaded.push(file);
      return false;
    });
  }
  return loaded;
}

function loads(file: string, load: (file: string) => unknown): boolean {
  try {
    load(file);
    return true;
  } catch {
    return false; // it needs another one, which may come later in the list
  }
}
