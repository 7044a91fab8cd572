import type { FitSession } from "./fit-session.js";

declare const session: FitSession;

// What may change while a run is under way is in its state, and the Trainer shows it.
session.state.accumulateGradBatches = 2;
// @ts-expect-error No loop writes to the Trainer.
session.trainer.accumulateGradBatches = 2;
// @ts-expect-error No loop writes to the Trainer.
session.trainer.shouldStop = true;
