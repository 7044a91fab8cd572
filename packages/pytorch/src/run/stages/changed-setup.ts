import {
  compareSetups,
  readRunSetup,
  requireSameNames,
  tellDifferences,
  type LoadedTree,
  type RunSetup,
} from "@lightning-ts/fabric";
import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";
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
    const source = "from configureOptimizers";
    const compare = (what: "optimizers" | "schedulers") =>
      requireSameNames(saved[what], setup[what], { what, path, source, tryThis: INSTEAD[what] });
    compare("optimizers");
    if (optionsFrom === "checkpoint") compare("schedulers");
  }
  return { tree, path, saved, optionsFrom };
}

/** What to do where the state does not fit. */
const INSTEAD = {
  optimizers:
    "the optimizer of the file; or, to start another one with the trained weights, model.loadCheckpoint(path) and a fit without ckptPath.",
  schedulers:
    'the schedules of the file; or optionsFrom: "code" beside ckptPath, which takes the schedules of the code.',
} as const;

/** Says once what differs from the run that goes on, where it changes the curve, or where the code has no say. */
export function tellChangedSetup(fit: FitSession, { saved, path, optionsFrom }: Resumption): void {
  const { setup, connection, messages, notes, state } = fit;
  const isKnown = saved !== undefined && setup !== undefined;
  const differences = isKnown ? compareSetups(saved, setupForCheckpoint(fit, setup)) : [];
  if (isKnown) fit.setup = asItGoesOn(setup, saved, optionsFrom);
  if (!connection.strategy.isGlobalZero) return;
  const howToAsk = 'trainer.fit(model, { ckptPath, optionsFrom: "code" })';
  const topic = `setup ${path} ${state.cursor.globalStep}`;
  tellDifferences(messages, { path, differences, optionsFrom, howToAsk, notes, topic });
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
