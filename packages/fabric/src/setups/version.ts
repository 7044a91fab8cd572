/** Version of this package; also written into checkpoints. */
export const VERSION = "0.1.0";
