import { MisconfigurationError } from "@lightning-ts/core";
import type { LoadedTree } from "@lightning-ts/fabric";
import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";
import { compareSetups, type SetupDifference } from "../../checkpoint/setup/compare-setups.js";
import { readRunSetup, type RunSetup } from "../../checkpoint/setup/run-setup.js";
import type { FitSession, SetupOfCode } from "../session/fit-session.js";
import { setupForCheckpoint } from "./describe-setup.js";
import type { RunRequest } from "./run-request.js";

/** A fit that goes on, and what it goes on from. */
export interface Resumption extends Pick<RunRequest, "optionsFrom"> {
  readonly tree: LoadedTree;
  readonly path: string;
  /** Undefined where the file does not say: it is of another tool, or of 0.1.0. */
  readonly saved: RunSetup | undefined;
}

/**
 * Compares what cannot be restored into something else.
 * @throws MisconfigurationError for optimizers or schedules of other classes, which are named
 */
export function openResumption(
  setup: SetupOfCode,
  { tree, path }: { readonly tree: LoadedTree; readonly path: string },
  optionsFrom: Resumption["optionsFrom"],
): Resumption {
  const saved = readRunSetup(tree, path);
  if (saved !== undefined) {
    requireSameNames("optimizers", saved.optimizers, setup.optimizers, path);
    if (optionsFrom === "checkpoint") requireSameNames("schedulers", saved.schedulers, setup.schedulers, path);
  }
  return { tree, path, saved, optionsFrom };
}

function requireSameNames(
  what: "optimizers" | "schedulers",
  saved: readonly { readonly name: string }[],
  now: readonly { readonly name: string }[],
  path: string,
): void {
  const namesOf = (all: readonly { readonly name: string }[]) =>
    all.map(({ name }) => name || "one of its own").join(", ");
  const isSame =
    saved.length === now.length && now.every(({ name }, i) => [name, ""].includes(saved[i]?.name ?? "") || name === "");
  if (isSame) return;
  throw new MisconfigurationError({
    code: "LIT_RESUME",
    message: `${path} was written with other ${what}.`,
    expected: `${saved.length} ${what}, as in the file${saved.length === 0 ? "" : `: ${namesOf(saved)}`}`,
    received: `${now.length} from configureOptimizers${now.length === 0 ? "" : `: ${namesOf(now)}`}`,
    tryThis:
      what === "optimizers"
        ? "the optimizer of the file; or, to start another one with the trained weights, model.loadCheckpoint(path) and a fit without ckptPath."
        : 'the schedules of the file; or optionsFrom: "code" beside ckptPath, which takes the schedules of the code.',
  });
}

/** Says once what differs from the run that goes on, where it changes the curve, or where the code has no say. */
export function tellDifferences(fit: FitSession, { saved, path, optionsFrom }: Resumption): void {
  const { setup, connection, messages, notes, state } = fit;
  const isKnown = saved !== undefined && setup !== undefined;
  const all = isKnown ? compareSetups(saved, setupForCheckpoint(fit, setup)) : [];
  if (isKnown) fit.setup = asItGoesOn(setup, saved, optionsFrom);
  if (!connection.strategy.isGlobalZero) return;
  const isAsked = ({ about }: SetupDifference) =>
    optionsFrom === "code" && (about === "optimizer" || about === "schedule");
  const asked = all.filter(isAsked);
  const others = all.filter((one) => !isAsked(one));
  if (asked.length > 0)
    messages.info(`${path}: optimizers and schedules take the code's options.${linesOf(asked, false)}`);
  if (others.length + notes.length === 0) return;
  const hint = others.some(({ about }) => about === "optimizer")
    ? '\n  To go on with the options of the code: trainer.fit(model, { ckptPath, optionsFrom: "code" }).'
    : "";
  messages.warn(
    `setup ${path} ${state.cursor.globalStep}`,
    [
      ...(others.length === 0 ? [] : [`${path} was written by a run with another setup.${linesOf(others, true)}`]),
      ...notes,
    ]
      .join("\n  ")
      .concat(hint),
  );
}

function linesOf(differences: readonly SetupDifference[], saysWho: boolean): string {
  return differences
    .map(({ what, saved, now, wins }) => {
      const who = saysWho && wins === "checkpoint" ? ` (the run goes on with ${saved}, as in the checkpoint)` : "";
      return `\n  ${what}: ${saved} → ${now}${who}`;
    })
    .join("");
}

/** What the next checkpoint says: where the saved values go on, these. */
function asItGoesOn(setup: SetupOfCode, saved: RunSetup, optionsFrom: Resumption["optionsFrom"]): SetupOfCode {
  const { seed } = saved.run;
  const run = seed === undefined ? setup.run : { ...setup.run, seed };
  return optionsFrom === "code" ? { ...setup, run } : { ...setup, run, optimizers: saved.optimizers };
}

/** A checkpoint without the orders of loaders that were not shuffled when it was written, and are now. */
export function withoutOrders(fit: FitSession, { tree, saved }: Resumption): LoadedTree {
  const { loops } = tree;
  const fitLoop = isLoadedTree(loops) ? loops["fit_loop"] : undefined;
  if (saved === undefined || fit.setup === undefined || !isLoadedTree(loops) || !isLoadedTree(fitLoop)) return tree;
  const { loaders } = fitLoop;
  if (!Array.isArray(loaders)) return tree;
  const now = setupForCheckpoint(fit, fit.setup).loaders;
  const kept = loaders.map((loader, i) => {
    const isReordered = saved.loaders[i]?.["shuffle"] === false && now[i]?.["shuffle"] === true;
    return isReordered && isLoadedTree(loader) ? { ...loader, sampler: null } : loader;
  });
  return { ...tree, loops: { ...loops, fit_loop: { ...fitLoop, loaders: kept } } };
}
