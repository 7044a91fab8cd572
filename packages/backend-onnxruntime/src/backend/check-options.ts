import { EngineError } from "../errors/engine-error.js";
import type { OnnxRuntimeOptions } from "./backend-options.js";

const NAMES = {
  threads: 1,
  cacheSize: 1,
  maxGraphNodes: 1,
  debug: 1,
  dumpModel: 1,
  libraryPath: 1,
  onWarning: 1,
  runner: 1,
} satisfies Record<keyof OnnxRuntimeOptions, 1>;

/** @throws EngineError for an option that does not exist or a number that cannot be used */
export function checkOptions(options: OnnxRuntimeOptions): void {
  for (const name of Object.keys(options)) {
    if (name in NAMES) continue;
    throw new EngineError({
      code: "LIT_ENGINE_OPTION",
      message: "The engine has no such option.",
      expected: Object.keys(NAMES).join(", "),
      received: name,
    });
  }
  checkCount("cacheSize", options.cacheSize);
  checkCount("maxGraphNodes", options.maxGraphNodes);
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new EngineError({
    code: "LIT_ENGINE_OPTION",
    message: `The engine's option ${name} is not usable.`,
    expected: "an integer of at least 1",
    received: String(value),
  });
}

/** @throws EngineError if an option is given that is not the one the engine was registered with */
export function refuseOtherOptions(first: OnnxRuntimeOptions, later: OnnxRuntimeOptions): void {
  for (const [name, value] of Object.entries(later)) {
    const held: unknown = Reflect.get(first, name);
    if (value === undefined || Object.is(value, held)) continue;
    throw new EngineError({
      code: "LIT_ENGINE_OPTION",
      message: `The engine is registered with another ${name} already.`,
      expected: String(held ?? "none"),
      received: String(value),
      tryThis: "give the options the first time, before anything else registers the engine.",
    });
  }
}
