import type { CollectiveWork } from "./collective.js";

/** Work that is done once `next` has been called after another, and what it returns is done too. */
export function workAfter(first: CollectiveWork, next: () => CollectiveWork | void): CollectiveWork {
  return {
    then: (onFulfilled, onRejected) => awaitBoth(first, next).then(onFulfilled, onRejected),
    join() {
      first.join();
      next()?.join();
    },
  };
}

async function awaitBoth(first: CollectiveWork, next: () => CollectiveWork | void): Promise<void> {
  await first;
  await next();
}
