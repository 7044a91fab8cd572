export { LightningError, type LightningErrorOptions } from "./errors/lightning-error.js";
export { MisconfigurationError } from "./errors/misconfiguration-error.js";

export { nearestName } from "./errors/nearest-name.js";
export { rejectUnknownOptions } from "./errors/reject-unknown-options.js";

export { isolateRandom, randomState, restoreRandomState, seedEverything, type RandomState } from "./random/global-random.js";
export { RandomStream, type RandomStreamState } from "./random/random-stream.js";
export { flattenTree, isPlainObject, mapTree, tensorsIn, type TreeLeaf } from "./tree/tree.js";

export type { Clock } from "./ports/clock.js";
export type { Environment } from "./ports/environment.js";
export type { FileStat, FileSystem, WritableFile } from "./ports/file-system.js";
export type { ProcessSignal, Signals } from "./ports/signals.js";
export type { Terminal } from "./ports/terminal.js";

export type { Availability, BackendCapabilities, BackendMemory, BackendOptions, PrecisionName, TrainingBackend } from "./backend/training-backend.js";
