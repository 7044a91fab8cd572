import { lookForTask } from "../tasks/async-context.js";
import { installedTask, keepPerTask, within, type Task } from "../tasks/task.js";
import { isPromiseLike } from "../tree/is-promise-like.js";
import { isRecording, readRecording, writeRecording, type RecordingState, type Tape } from "./engine-internals/tape.js";

/**
 * One layer of gradient recording: a scope, or a region with recording off or on. Frames form a stack over whatever
 * tfjs itself was doing; a frame may leave from the middle, because asynchronous tasks end in any order.
 */
export class RecordingFrame {
  readonly tape: Tape;
  /** True when the tape was made for this frame and ends with it. */
  readonly ownsTape: boolean;
  /** True when the tape is that of a frame around this one. */
  readonly sharesTape: boolean;
  #whenOnTop: RecordingState;
  readonly #task: Task;

  constructor(options: { readonly isOn: boolean | "inherit" }) {
    lookForTask();
    this.#task = installedTask();
    const current = readRecording();
    const enclosing = current.depth > 0 ? current.tape : frames.at(-1)?.tape;
    this.ownsTape = enclosing === undefined;
    this.sharesTape = enclosing !== undefined && enclosing === frames.at(-1)?.tape;
    this.tape = enclosing ?? [];
    const inherited = frames.length === 0 ? Math.max(1, current.depth) : current.depth;
    const depth = options.isOn === "inherit" ? inherited : options.isOn ? Math.max(1, current.depth) : 0;
    this.#whenOnTop = { depth, tape: this.tape };
  }

  get isAttached(): boolean {
    return frames.includes(this);
  }

  /** Puts this frame on top: tfjs now records as it says. */
  attach(): void {
    within(this.#task, () => this.#attach());
  }

  #attach(): void {
    const top = frames.at(-1);
    if (top === undefined) foreign = readRecording();
    else top.#whenOnTop = { depth: readRecording().depth, tape: top.tape };
    frames.push(this);
    writeRecording(this.#whenOnTop);
  }

  /** Takes this frame out, wherever it stands. */
  detach(): void {
    within(this.#task, () => this.#detach());
  }

  #detach(): void {
    const index = frames.lastIndexOf(this);
    if (index < 0) return;
    const isTop = index === frames.length - 1;
    frames.splice(index, 1);
    if (!isTop) return;
    this.#whenOnTop = { depth: readRecording().depth, tape: this.tape };
    const below = frames.at(-1);
    writeRecording(below === undefined ? foreign : below.#whenOnTop);
  }
}

/** The frames in force, innermost last. */
let frames: RecordingFrame[] = [];
/** What tfjs recorded before the first frame, and will again after the last. */
let foreign: RecordingState = { depth: 0, tape: undefined };
keepPerTask(
  { frames, foreign },
  {
    begin: () => ({ frames: [], foreign: { depth: 0, tape: undefined } }),
    leave: (value) => void Object.assign(value, { frames, foreign }),
    enter: (value) => void ({ frames, foreign } = value),
  },
);

/** The tape that `backward` walks: the innermost frame's, or tfjs' own. */
export function currentTape(): Tape | undefined {
  lookForTask();
  return frames.at(-1)?.tape ?? readRecording().tape;
}

/** Whether operations are being recorded for gradients right now. */
export function isGradEnabled(): boolean {
  lookForTask();
  return isRecording();
}

/**
 * Runs `body` with nothing recorded for gradients. A body that returns a promise keeps recording off until it settles.
 */
export function noGrad<TResult>(body: () => TResult): TResult {
  return withFrame(new RecordingFrame({ isOn: false }), body);
}

/** Runs `body` with recording on, inside `noGrad` too. Outside every scope there is nothing to record onto. */
export function enableGrad<TResult>(body: () => TResult): TResult {
  return withFrame(new RecordingFrame({ isOn: true }), body);
}

function withFrame<TResult>(frame: RecordingFrame, body: () => TResult): TResult {
  frame.attach();
  let isPending = false;
  try {
    const result = body();
    if (!isPromiseLike(result)) return result;
    isPending = true;
    const end = (): void => frame.detach();
    result.then(end, end);
    return result;
  } finally {
    if (!isPending) frame.detach();
  }
}
