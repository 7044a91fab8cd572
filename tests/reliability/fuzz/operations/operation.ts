import type { Draw } from "../program/draw.js";
import type { Call } from "../program/program.js";

/** Draws one call: its operands, attributes, and what it must give. */
export type Operation = (draw: Draw) => Omit<Call, "kind">;
