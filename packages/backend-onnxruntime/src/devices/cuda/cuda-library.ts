import { type LibraryLocation, type LibraryOptions, locateLibrary } from "../../session/library-location.js";
import { findCudaWheel } from "./cuda-wheel.js";

let wheel: { readonly path: string | undefined } | undefined;

/** The library that CUDA is looked for in: one that was named, else the wheel's, else the one from npm. */
export function locateCudaLibrary(options: LibraryOptions): LibraryLocation {
  const location = locateLibrary(options);
  if (location.isFound ? location.isChosen : location.install === undefined) return location;
  // Environments do not come and go within a process, and asking Python takes a while.
  wheel ??= { path: findCudaWheel() };
  return wheel.path === undefined ? location : { isFound: true, path: wheel.path, isChosen: false };
}
