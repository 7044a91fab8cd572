import { classNameOf } from "../../errors/class-name.js";
import { describeValue } from "../../errors/describe-value.js";
import { INPLACE_ADVICE } from "../../errors/inplace-advice.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { Module } from "../module.js";

/** A layer that is always the same. Arguments, which callers without types can pass, are refused. */
export abstract class LayerWithoutOptions extends Module {
  constructor(...unexpected: never[]) {
    super();
    if (unexpected.length === 0) return;
    throw new MisconfigurationError({
      code: "LIT_UNKNOWN_OPTION",
      message: `nn.${classNameOf(this)} takes no options.`,
      expected: "no argument",
      received: unexpected.map(describeValue).join(", "),
      tryThis: asksForInplace(unexpected[0]) ? INPLACE_ADVICE : undefined,
    });
  }
}

/** `new nn.ReLU(true)` or `new nn.ReLU({ inplace: true })`. */
function asksForInplace(argument: unknown): boolean {
  return typeof argument === "boolean" || (typeof argument === "object" && argument !== null && "inplace" in argument);
}
