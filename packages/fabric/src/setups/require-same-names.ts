import { MisconfigurationError } from "@lightning-ts/core";

interface Named {
  /** "" where it does not say. */
  readonly name: string;
}

/** What is compared, and where the code's come from. */
interface Compared {
  readonly what: "optimizers" | "schedulers";
  readonly path: string;
  /** E.g. `"from configureOptimizers"`. */
  readonly source: string;
  readonly tryThis: string;
}

/** @throws MisconfigurationError where a state is that of another class than the object that it should go into */
export function requireSameNames(
  saved: readonly Named[],
  now: readonly Named[],
  { what, path, source, tryThis }: Compared,
): void {
  const isSame =
    saved.length === now.length && now.every(({ name }, i) => [name, ""].includes(saved[i]?.name ?? "") || name === "");
  if (isSame) return;
  throw new MisconfigurationError({
    code: "LIT_RESUME",
    message: `${path} was written with other ${what}.`,
    expected: `${saved.length} ${what}, as in the file${saved.length === 0 ? "" : `: ${namesOf(saved)}`}`,
    received: `${now.length} ${source}${now.length === 0 ? "" : `: ${namesOf(now)}`}`,
    tryThis,
  });
}

function namesOf(all: readonly Named[]): string {
  return all.map(({ name }) => name || "one of its own").join(", ");
}
