import { LightningError } from "./lightning-error.js";
import { nearestName } from "./nearest-name.js";

export interface ShapeMismatch {
  readonly key: string;
  readonly expected: readonly number[];
  readonly received: readonly number[];
}

export interface StateDictErrorOptions {
  /** The module's class. */
  readonly module: string;
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
  readonly shapeMismatches: readonly ShapeMismatch[];
}

/** A state dict does not fit the module that it was loaded into. */
export class StateDictError extends LightningError {
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
  readonly shapeMismatches: readonly ShapeMismatch[];

  constructor({ module, missingKeys, unexpectedKeys, shapeMismatches }: StateDictErrorOptions) {
    super({
      code: "LIT_STATE_DICT_MISMATCH",
      message: [
        `This state dict does not fit ${module}; nothing was loaded.`,
        ...listed(
          "missing",
          missingKeys.map((key) => key),
        ),
        ...listed(
          "unexpected",
          unexpectedKeys.map((key) => withHint(key, missingKeys)),
        ),
        ...listed(
          "shape",
          shapeMismatches.map(
            ({ key, expected, received }) =>
              `${key}: expected [${expected.join(", ")}], received [${received.join(", ")}]`,
          ),
        ),
      ].join("\n"),
      tryThis:
        shapeMismatches.length > 0
          ? "build the module with the sizes that it was saved with."
          : "load with { strict: false }, or rename the keys.",
    });
    this.missingKeys = missingKeys;
    this.unexpectedKeys = unexpectedKeys;
    this.shapeMismatches = shapeMismatches;
  }
}

function listed(title: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, 12);
  const rest = lines.length > shown.length ? [`    … and ${lines.length - shown.length} more`] : [];
  return lines.length === 0 ? [] : [`  ${title}:`, ...shown.map((line) => `    ${line}`), ...rest];
}

/** Names a missing key that this one was probably renamed from. */
function withHint(key: string, missingKeys: readonly string[]): string {
  const nearest =
    nearestName(key, missingKeys) ??
    missingKeys.find((missing) => missing.endsWith(`.${key}`) || key.endsWith(`.${missing}`));
  return nearest === undefined ? key : `${key} (renamed from or to ${nearest}?)`;
}
