import { currentScope, isPromiseLike, tensorScope } from "@lightning-ts/core";

/**
 * Runs `body` in a memory scope of its own. What it returns, at once or later, belongs to the scope around it.
 * @param endBatch is called at the end where no other scope is open
 */
export function runInScope<TResult>(body: () => TResult, endBatch: () => void): TResult {
  const outer = currentScope();
  const scope = tensorScope({ name: "fabric.step" });
  const finish = (result: unknown): void => {
    scope.keep(result);
    scope.close();
    if (outer === undefined) endBatch();
    outer?.adopt(result);
  };
  let result: TResult;
  try {
    result = body();
  } catch (error) {
    scope.close();
    throw error;
  }
  if (isPromiseLike(result)) result.then(finish, () => scope.close());
  else finish(result);
  return result;
}
