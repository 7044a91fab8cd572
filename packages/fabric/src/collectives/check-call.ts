import { LightningError } from "@lightning-ts/core";

/** A collective call that cannot work, whatever the other ranks do. */
export class CollectiveArgumentError extends LightningError {
  /** The name that the call was given. */
  readonly call: string;

  constructor(options: { readonly call: string; readonly expected: string; readonly received: string }) {
    super({ code: "LIT_COLLECTIVE", message: `The collective call "${options.call}" cannot work.`, ...options });
    this.call = options.call;
  }
}

export function collectiveMismatch(name: string, expected: string, received: string): CollectiveArgumentError {
  return new CollectiveArgumentError({ call: name, expected, received });
}

export function requireRankIn(collective: { readonly worldSize: number }, rank: number, name: string): void {
  if (Number.isInteger(rank) && rank >= 0 && rank < collective.worldSize) return;
  throw collectiveMismatch(name, `a rank from 0 to ${collective.worldSize - 1}`, String(rank));
}
