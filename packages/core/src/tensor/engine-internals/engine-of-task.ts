/** tfjs' open scopes and tape, one set for each task, by private fields of its engine (tfjs-core 4.22). */
import { engine } from "@tensorflow/tfjs-core";
import { lookForTask, whenAsyncContextIsSet } from "../../tasks/async-context.js";
import { keepPerTask } from "../../tasks/task.js";
import type { EngineState, ScopeRecord } from "./scope-stack.js";
import { readRecording, writeRecording, type RecordingState } from "./tape.js";

interface EngineOfTask {
  scopeStack: EngineState["scopeStack"];
  activeScope: ScopeRecord;
  recording: RecordingState;
}

const NO_SCOPE = null as unknown as ScopeRecord;

/** Gives each task open scopes and a tape of its own, and looks before each operation whose turn it is. */
export function keepEnginePerTask(): void {
  const { state } = engine();
  const first = { scopeStack: state.scopeStack, activeScope: state.activeScope, recording: readRecording() };
  keepPerTask<EngineOfTask>(first, {
    begin: () => ({ scopeStack: [], activeScope: NO_SCOPE, recording: { depth: 0, tape: undefined } }),
    leave(value) {
      value.scopeStack = engine().state.scopeStack;
      value.activeScope = engine().state.activeScope;
      value.recording = readRecording();
    },
    enter(value) {
      engine().state.scopeStack = value.scopeStack;
      engine().state.activeScope = value.activeScope;
      writeRecording(value.recording);
    },
  });
  whenAsyncContextIsSet(lookBeforeOperations);
}

interface Operations {
  startScope(name?: string): void;
  startTape(): void;
  runKernelFunc(params: unknown): unknown;
  makeTensor(...args: unknown[]): unknown;
}

/** Every operation begins with one of these. */
function lookBeforeOperations(): void {
  const current = engine() as unknown as Operations;
  const { startScope, startTape, runKernelFunc, makeTensor } = current;
  current.startScope = function look(name) {
    lookForTask();
    startScope.call(current, name);
  };
  current.startTape = function look() {
    lookForTask();
    startTape.call(current);
  };
  current.runKernelFunc = function look(params) {
    lookForTask();
    return runKernelFunc.call(current, params);
  };
  current.makeTensor = function look(...args) {
    lookForTask();
    return makeTensor.apply(current, args);
  };
}
