import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { Messages } from "../messages/messages.js";
import type { SetupDifference } from "./compare-setups.js";

/** Whose options optimizers and schedules go on with. */
export type OptionsFrom = "checkpoint" | "code";

/** @throws MisconfigurationError for anything else */
export function requireOptionsFrom(optionsFrom: OptionsFrom): void {
  if (optionsFrom === "checkpoint" || optionsFrom === "code") return;
  throw new MisconfigurationError({
    message: "optionsFrom is not usable.",
    expected: '"checkpoint" or "code"',
    received: describeValue(optionsFrom),
  });
}

interface Differing {
  readonly path: string;
  readonly differences: readonly SetupDifference[];
  readonly optionsFrom: OptionsFrom;
  /** How the code's options are asked for, as code. */
  readonly howToAsk: string;
  /** What else is to be said in the same breath. */
  readonly notes: readonly string[];
  /** Names the moment, so that it is said once. */
  readonly topic: string;
}

/** Says once what differs from the run that goes on, where it changes the curve, or where the code has no say. */
export function tellDifferences(
  messages: Messages,
  { path, differences, optionsFrom, howToAsk, notes, topic }: Differing,
): void {
  const isAsked = ({ about }: SetupDifference) =>
    optionsFrom === "code" && (about === "optimizer" || about === "schedule");
  const asked = differences.filter(isAsked);
  const others = differences.filter((one) => !isAsked(one));
  if (asked.length > 0)
    messages.info(`${path}: optimizers and schedules take the code's options.${linesOf(asked, false)}`);
  if (others.length + notes.length === 0) return;
  const hint = others.some(({ about }) => about === "optimizer")
    ? `\n  To go on with the options of the code: ${howToAsk}.`
    : "";
  const said = others.length === 0 ? [] : [`${path} was written by a run with another setup.${linesOf(others, true)}`];
  messages.warn(topic, [...said, ...notes].join("\n  ").concat(hint));
}

function linesOf(differences: readonly SetupDifference[], saysWho: boolean): string {
  return differences
    .map(({ what, saved, now, wins }) => {
      const who = saysWho && wins === "checkpoint" ? ` (the run goes on with ${saved}, as in the checkpoint)` : "";
      return `\n  ${what}: ${saved} → ${now}${who}`;
    })
    .join("");
}
