import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { nearestName } from "../errors/nearest-name.js";
import { registerCorrectedGradients } from "../tensor/gradients/index.js";
import { automaticBackends, knownBackends, registerBackend, setCurrentBackend } from "./backend-registry.js";
import { reasonOf } from "./tfjs-backend.js";
import type { BackendOptions, TrainingBackend } from "./training-backend.js";

export interface ResolvedBackend {
  readonly backend: TrainingBackend;
  /** Why "auto" passed others over, one sentence each, with the command that would make them available. */
  readonly reasons: readonly string[];
}

/**
 * Starts a backend and makes it the current one.
 * @param wanted a name, "auto" for the first that starts, or an object of your own
 * @throws BackendUnavailableError with the reason and the install command; MisconfigurationError for an unknown name
 */
export async function resolveBackend(
  wanted: string | TrainingBackend = "auto",
  options: BackendOptions = {},
): Promise<ResolvedBackend> {
  if (wanted === "auto") return firstThatStarts(options);
  const backend = typeof wanted === "string" ? byName(wanted) : wanted;
  if (typeof wanted !== "string") registerBackend(wanted);
  const availability = await backend.availability();
  if (!availability.isAvailable) throw new BackendUnavailableError({ backend: backend.name, ...availability });
  await start(backend, options);
  return { backend, reasons: [] };
}

async function firstThatStarts(options: BackendOptions): Promise<ResolvedBackend> {
  const reasons: string[] = [];
  for (const backend of automaticBackends()) {
    const availability = await backend.availability();
    if (!availability.isAvailable) {
      reasons.push(passedOver(backend.name, availability.reason, availability.install));
      continue;
    }
    try {
      await start(backend, options);
      return { backend, reasons };
    } catch (error) {
      if (error instanceof MisconfigurationError) throw error;
      reasons.push(
        passedOver(backend.name, reasonOf(error), error instanceof BackendUnavailableError ? error.install : undefined),
      );
    }
  }
  throw new BackendUnavailableError({ backend: "auto", reason: `no backend starts here. ${reasons.join(" ")}` });
}

async function start(backend: TrainingBackend, options: BackendOptions): Promise<void> {
  await backend.initialize(options);
  registerCorrectedGradients();
  setCurrentBackend(backend);
}

function passedOver(name: string, reason: string, install: string | undefined): string {
  return `${name}: ${reason}${install === undefined ? "" : ` (${install})`}`;
}

function byName(name: string): TrainingBackend {
  const known = knownBackends();
  const found = known.find((backend) => backend.name === name);
  if (found !== undefined) return found;
  const names = known.map((backend) => backend.name);
  const nearest = nearestName(name, names);
  throw new MisconfigurationError({
    code: "LIT_UNKNOWN_BACKEND",
    message: `There is no backend "${name}".`,
    expected: `"auto" or one of ${names.join(", ")}`,
    tryThis: nearest === undefined ? "registerBackend(…) with your own." : `"${nearest}".`,
  });
}
