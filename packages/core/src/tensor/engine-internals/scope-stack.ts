/** tfjs' stack of scopes, by its private fields (tfjs-core 4.22). */
import { engine, type Tensor } from "@tensorflow/tfjs-core";
import { lookForTask } from "../../tasks/async-context.js";

export type EngineState = ReturnType<typeof engine>["state"];

/** One entry of tfjs' stack of scopes: the tensors that it will dispose. */
export type ScopeRecord = EngineState["activeScope"];

export function newScopeRecord(name: string): ScopeRecord {
  return { track: [], name, id: engine().state.nextScopeId++ };
}

export function pushScopeRecord(record: ScopeRecord): void {
  const { state } = engine();
  state.scopeStack.push(record);
  state.activeScope = record;
}

/** Takes a scope out of tfjs' stack wherever it stands; true when it was there. */
export function removeScopeRecord(record: ScopeRecord): boolean {
  const { state } = engine();
  const index = state.scopeStack.lastIndexOf(record);
  if (index < 0) return false;
  state.scopeStack.splice(index, 1);
  // tfjs itself stores null or undefined here when no scope is open.
  state.activeScope = state.scopeStack.at(-1) as ScopeRecord;
  return true;
}

/** The innermost scope's name when it is not `record`, else undefined. */
export function scopeAbove(record: ScopeRecord): string | undefined {
  const innermost = engine().state.activeScope as ScopeRecord | null | undefined;
  return innermost === record ? undefined : (innermost?.name ?? "none");
}

/** Puts a tensor under the care of the innermost scope. */
export function trackInActiveScope(tensor: Tensor): void {
  lookForTask();
  const scope = engine().state.activeScope as ScopeRecord | null | undefined;
  if (scope) scope.track.push(tensor);
}

/** The name of tfjs' innermost scope, which is the operation's while one runs; empty where none is open. */
export function innermostScopeName(): string {
  lookForTask();
  return (engine().state.activeScope as ScopeRecord | null | undefined)?.name ?? "";
}

/** The names of the open scopes, the innermost last; tfjs opens one for each operation. */
export function operationNames(): string[] {
  return engine().state.scopeStack.map(({ name }) => name);
}

/** The scope that would dispose a tensor made now, if one is open. */
export function innermostScope(): ScopeRecord | undefined {
  lookForTask();
  return (engine().state.activeScope as ScopeRecord | null | undefined) ?? undefined;
}

/** Lets another scope dispose tensors of the innermost one; tensors that do not belong to that stay where they are. */
export function moveFromInnermostScope(tensors: readonly Tensor[], scope: ScopeRecord | undefined): void {
  const from = innermostScope();
  if (from === undefined || scope === undefined || from === scope) return;
  const moved = tensors.filter((tensor) => from.track.includes(tensor));
  from.track = from.track.filter((tensor) => !moved.includes(tensor));
  for (const tensor of moved) {
    tensor.scopeId = scope.id;
    scope.track.push(tensor);
  }
}
