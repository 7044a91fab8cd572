import type { Module } from "./module.js";

/** On the prototype of every module, so that modules of another copy of this library are recognised too. */
export const MODULE_MARKER = Symbol.for("lightning-ts.module");

export function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && MODULE_MARKER in value;
}
