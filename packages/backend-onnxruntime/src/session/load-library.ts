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
  const library = libraries.get(file) ?? loadKoffi().load(file);
  libraries.set(file, library);
  return library;
}
