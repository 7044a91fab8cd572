import { awaitOutside, type TensorScope } from "@lightning-ts/core";
import type { Session } from "../trainer/session.js";

/** Closes a batch's scope and hands what was recorded to the device. A promise when its queue is full: then wait, with nothing open. */
export function closeAndSubmit(session: Session, scope: TensorScope): void | Promise<void> {
  scope.close();
  return session.backend.submit();
}

/** Moves a host batch to the device, inside the scope. */
export function moveBatch(session: Session, scope: TensorScope, batch: unknown, dataloaderIdx: number): unknown {
  const moved = session.transfer.move(batch, dataloaderIdx);
  return moved instanceof Promise ? awaitOutside(scope, moved) : moved;
}
