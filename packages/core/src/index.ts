export { LightningError, type LightningErrorOptions } from "./errors/lightning-error.js";
export { MisconfigurationError } from "./errors/misconfiguration-error.js";

export type { Clock } from "./ports/clock.js";
export type { Environment } from "./ports/environment.js";
export type { FileStat, FileSystem, WritableFile } from "./ports/file-system.js";
export type { ProcessSignal, Signals } from "./ports/signals.js";
export type { Terminal } from "./ports/terminal.js";

export type { Availability, BackendCapabilities, BackendMemory, BackendOptions, PrecisionName, TrainingBackend } from "./backend/training-backend.js";
