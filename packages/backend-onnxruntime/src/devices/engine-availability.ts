import { type LibraryOptions, locateLibrary } from "../session/library-location.js";

export type EngineAvailability =
  | { readonly isAvailable: true }
  | {
      readonly isAvailable: false;
      readonly reason: string;
      /** The command that makes it available. */ readonly install?: string | undefined;
    };

/** Looks, without loading anything, whether graphs can run on this machine. */
export function engineAvailability(options: LibraryOptions = {}): EngineAvailability {
  const location = locateLibrary(options);
  if (!location.isFound) return { isAvailable: false, reason: location.reason, install: location.install };
  return { isAvailable: true };
}
