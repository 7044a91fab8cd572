/**
 * A checkpoint on its way to or from the file: plain values and tensors under Lightning's keys. Hooks may add entries.
 */
export type CheckpointContent = Record<string, unknown>;
