/** Whether the long form was asked for: `pnpm test:reliability --full`. */
export const IS_FULL = process.env["RELIABILITY"] === "full";

/** A process starts slowly on a machine that is busy. */
export const TIMEOUT_MS = IS_FULL ? 3_600_000 : 240_000;
