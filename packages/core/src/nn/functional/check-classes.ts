import { knownBackends } from "../../backend/backend-registry.js";
import { ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

/**
 * Throws when a class number is out of range. Eager backends have the values at hand; a lazy one reports it when the
 * graph runs, because a look would force it to.
 */
export function checkClasses(loss: string, target: tf.Tensor, classes: number, ignoreIndex: number): void {
  const backend = knownBackends().find(({ name }) => name === tf.getBackend());
  if (backend === undefined || backend.capabilities.isLazy || !backend.capabilities.readsSynchronously) return;
  const wrong = target.dataSync().find((value) => (value < 0 || value >= classes) && value !== ignoreIndex);
  if (wrong === undefined) return;
  throw new ShapeError({
    message: `${loss}: the target contains class ${wrong}, which the logits do not have.`,
    expected: `0 … ${classes - 1}${ignoreIndex < 0 ? "" : ` or ignoreIndex ${ignoreIndex}`}`,
    received: String(wrong),
    shapes: [target.shape],
    tryThis: "give the last layer as many outputs as there are classes, or map labels to 0, 1, ….",
  });
}
