import type { Session } from "../session/session.js";

/**
 * Says where a run has left its logs and its best checkpoint, each on a line of its own, from which it can be copied;
 * nothing where it has left neither.
 */
export function sayPlaces({ messages, trainer }: Session): void {
  const logs = trainer.loggers.flatMap(({ logDir }) => (logDir === undefined ? [] : [logDir]));
  const best = trainer.checkpointCallbacks.flatMap(({ bestModelPath, lastModelPath, monitor }) => {
    const path = bestModelPath === "" ? lastModelPath : bestModelPath;
    return path === "" ? [] : [`${monitor === undefined ? "Checkpoint" : "Best checkpoint"}: ${path}`];
  });
  const places = [...(logs.length === 0 ? [] : [`Logs: ${[...new Set(logs)].join(", ")}`]), ...best];
  if (places.length > 0) messages.info(places.join("\n"));
}
