import { constants } from "node:os";
import { type LibraryHandle, loadKoffi } from "./load-koffi.js";

/**
 * Function pointers do not keep their library loaded: when koffi's handle is collected, the library is unmapped under
 * them. What was loaded once stays as long as the process.
 */
const libraries = new Map<string, LibraryHandle>();

/**
 * Loads a shared library by its path or name.
 * @throws EngineUnavailableError without koffi, Error if it does not load
 */
export function loadLibrary(file: string): LibraryHandle {
  const known = libraries.get(file);
  if (known !== undefined) return known;
  const library = loadKoffi().load(file);
  keepLoaded(file);
  libraries.set(file, library);
  return library;
}

/**
 * Loads it once more by the system's own function, and nobody gives that back. koffi gives its own back when this
 * thread ends or the process exits: the code would be gone while the library's threads still run it.
 */
function keepLoaded(file: string): void {
  const koffi = loadKoffi();
  const { RTLD_NOW, RTLD_LOCAL } = constants.dlopen;
  try {
    if (process.platform === "win32") koffi.load("kernel32.dll").func("LoadLibraryW", "void *", ["str16"])(file);
    else koffi.load(null).func("dlopen", "void *", ["str", "int"])(file, (RTLD_NOW ?? 0) | (RTLD_LOCAL ?? 0));
  } catch {
    // A system that calls it otherwise: the library works, until the process ends.
  }
}
