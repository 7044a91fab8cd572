import { classNameOf } from "@lightning-ts/core";
import { wait, type Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";

/** Gives the graph of the module to loggers that want it. What cannot be drawn is a warning. */
export function* logGraph({ module, messages, logging }: Session): Steps<void> {
  const { loggers } = logging;
  if (!loggers.wantsGraph) return;
  const { exampleInputArray } = module;
  if (exampleInputArray === undefined) {
    messages.warn(
      "graph without example",
      `The graph of ${classNameOf(module)} is not logged: it needs an exampleInputArray, what forward takes.`,
    );
    return;
  }
  for (const failure of yield* wait(loggers.logGraph(module, exampleInputArray)))
    messages.warn(failure, `The graph of ${classNameOf(module)} is not logged: ${failure}`);
}
