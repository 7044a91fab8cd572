/**
 * Makes the first op of a program work that has not chosen a backend. Importing it loads nothing and starts nothing.
 */
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { chooseFirstBackend } from "../tensor/engine-internals/first-backend.js";
import { tf } from "../tensor/tf.js";
import { hasOwnBackend, startFirstBackend } from "./first-backend.js";
import { resolveBackend } from "./resolve-backend.js";

chooseFirstBackend({
  atOnce() {
    const name = startFirstBackend();
    if (name === undefined && Object.keys(tf.engine().registryFactory).length === 0) throw nothingStarts();
    return name;
  },
  async waiting() {
    if (!hasOwnBackend()) await resolveBackend("auto");
  },
});

function nothingStarts(): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NO_BACKEND",
    message: "No backend has been started, and none can be loaded here without waiting.",
    tryThis: 'await resolveBackend("auto") before the first op.',
  });
}
