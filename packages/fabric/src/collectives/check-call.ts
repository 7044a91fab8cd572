import { LightningError } from "@lightning-ts/core";

/** A collective call that cannot work, whatever the other ranks do. */
export class CollectiveArgumentError extends LightningError {}

export function collectiveMismatch(name: string, expected: string, received: string): CollectiveArgumentError {
  return new CollectiveArgumentError({
    code: "LIT_COLLECTIVE",
    message: `The collective call "${name}" cannot work.`,
    expected,
    received,
  });
}

export function requireRankIn(collective: { readonly worldSize: number }, rank: number, name: string): void {
  if (Number.isInteger(rank) && rank >= 0 && rank < collective.worldSize) return;
  throw collectiveMismatch(name, `a rank from 0 to ${collective.worldSize - 1}`, String(rank));
}
