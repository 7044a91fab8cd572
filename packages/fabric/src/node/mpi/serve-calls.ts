import { ControlMessages, type ControlMessage, type GroupPlace } from "./control-messages.js";
import { GroupQueue, type QueuedCall } from "./group-queue.js";
import { exchangeSteps, startOperation } from "./start-operation.js";
import { WORD, type CallProblem, type FromThread, type SharedWords, type ToThread } from "./thread-messages.js";
import type { ThreadMpi } from "./thread-mpi.js";
import { RanksElsewhere } from "./ranks-elsewhere.js";

/** How long a thread looks again and again before it sleeps. */
const SPIN_MS = 0.05;
/** The longer nothing happens, the longer it sleeps. */
const SLEEP_SHARE = 0.05;
const LONGEST_SLEEP_MS = 2;
/** How often it looks for messages while its process calls nothing. */
const IDLE_MS = 20;
/** How long messages may take to leave before MPI ends. */
const LAST_MESSAGES_MS = 200;

export interface ThreadParts {
  readonly mpi: ThreadMpi;
  readonly shared: SharedWords;
  readonly processId: number;
  readonly tell: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void;
  readonly nextRequest: () => ToThread | undefined;
}

/** Makes the calls that the process asks for, until it says that there will be none more. */
export function serveCalls(parts: ThreadParts): void {
  new ThreadLoop(parts).run();
}

const ALL = "all";

class ThreadLoop {
  readonly #parts: ThreadParts;
  readonly #control: ControlMessages;
  readonly #groups: GroupQueue[] = [];
  /** Of this rank and another, by that one's number. */
  readonly #pairs = new Map<number, GroupQueue>();
  readonly #pairHandle: bigint;
  readonly #elsewhere: RanksElsewhere;
  /** What others have said of groups that are not there yet on this rank. */
  readonly #early: [source: number, message: Extract<ControlMessage, { kind: "call" }>][] = [];
  #hasFailed = false;
  #isFinishing = false;
  #movedAt = 0;

  constructor(parts: ThreadParts) {
    this.#parts = parts;
    const { mpi } = parts;
    this.#control = new ControlMessages(mpi);
    this.#pairHandle = mpi.duplicate();
    const ranks = Array.from({ length: mpi.worldSize }, (_, rank) => rank);
    this.#groups.push(new GroupQueue(ALL, mpi.duplicate(), ranks, mpi.rank));
    this.#elsewhere = new RanksElsewhere(mpi.rank, ranks, (to, message) => this.#control.send(to, message));
  }

  run(): void {
    const { words } = this.#parts.shared;
    while (!this.#isFinishing) {
      const bell = Atomics.load(words, WORD.toThread);
      this.#takeRequests();
      let isBusy = false;
      try {
        this.#control.poll((source, message) => this.#hear(source, message));
        for (const queue of this.#queues()) isBusy = this.#advance(queue) || isBusy;
      } catch (error) {
        this.#fail(undefined, { kind: "mpi", what: error instanceof Error ? error.message : String(error) });
      }
      if (!this.#isFinishing) this.#sleep(bell, isBusy);
    }
    const until = performance.now() + LAST_MESSAGES_MS;
    while (this.#control.isSending && performance.now() < until) this.#control.poll(() => undefined);
  }

  #sleep(bell: number, isBusy: boolean): void {
    const { words } = this.#parts.shared;
    if (!isBusy) return void Atomics.wait(words, WORD.toThread, bell, IDLE_MS);
    const quietMs = performance.now() - this.#movedAt;
    if (quietMs < SPIN_MS) return;
    Atomics.wait(words, WORD.toThread, bell, Math.min(LONGEST_SLEEP_MS, quietMs * SLEEP_SHARE));
  }

  #queues(): Iterable<GroupQueue> {
    return this.#pairs.size === 0 ? this.#groups : [...this.#groups, ...this.#pairs.values()];
  }

  #takeRequests(): void {
    for (let request = this.#parts.nextRequest(); request !== undefined; request = this.#parts.nextRequest())
      switch (request.type) {
        case "finish":
          this.#isFinishing = true;
          break;
        case "end":
          this.#end(request);
          break;
        case "group":
          this.#add(this.#groups[0], request.id, groupCall(request), this.#groupSteps(request));
          break;
        case "call":
          this.#addCall(request);
          break;
        default:
          request satisfies never;
      }
  }

  #addCall({ id, call, bytes }: Extract<ToThread, { type: "call" }>): void {
    const isPair = call.kind === "send" || call.kind === "receive";
    const queue = isPair ? this.#pairWith(call.root) : this.#groups[call.group];
    if (queue === undefined) return;
    const { mpi, tell } = this.#parts;
    const steps =
      call.kind === "exchangeBytes"
        ? exchangeSteps(mpi, queue, bytes ?? new Uint8Array(), (all) =>
            tell(
              { type: "done", id, bytes: all },
              all.map(({ buffer }) => buffer),
            ),
          )
        : (function* () {
            yield startOperation(mpi, queue, call);
            tell({ type: "done", id, bytes: [] });
          })();
    this.#add(queue, id, call, steps);
  }

  #add(queue: GroupQueue | undefined, id: number, call: QueuedCall["call"], steps: QueuedCall["steps"]): void {
    this.#movedAt = performance.now();
    if (!this.#hasFailed) queue?.add({ id, call, steps });
  }

  #pairWith(other: number): GroupQueue {
    const { rank } = this.#parts.mpi;
    const known = this.#pairs.get(other);
    if (known !== undefined) return known;
    const ranks = [Math.min(rank, other), Math.max(rank, other)];
    const pair = new GroupQueue(`pair ${ranks.join(" ")}`, this.#pairHandle, ranks, ranks.indexOf(rank));
    this.#pairs.set(other, pair);
    return pair;
  }

  /** All have come to this call, so that the blocking one returns soon. */
  *#groupSteps({ id, ranks }: Extract<ToThread, { type: "group" }>): QueuedCall["steps"] {
    const { mpi, tell } = this.#parts;
    const all = this.#groups[0];
    if (all === undefined) return;
    const begun = mpi.start("MPI_Ibarrier", (request) => mpi.mpi.functions.startBarrier(all.handle, request));
    yield begun;
    const member = ranks.indexOf(mpi.rank);
    const part = mpi.split(all.handle, member >= 0, Math.max(0, member));
    const group = this.#groups.length;
    this.#groups.push(new GroupQueue(`group ${group}`, part ?? 0n, ranks, member));
    tell({ type: "group", id, group });
    for (const [source, message] of this.#early.splice(0)) this.#hearCall(source, message);
  }

  /** Goes as far as the others have come. @returns whether something is under way */
  #advance(queue: GroupQueue): boolean {
    for (let head = queue.calls[0]; head !== undefined && !this.#hasFailed; head = queue.calls[0]) {
      if (head.begunAt === undefined) this.#begin(queue, head);
      if (head.mayGoOn?.() === false) {
        this.#lookForProblems(queue, head);
        return true;
      }
      this.#movedAt = performance.now();
      const step = head.steps.next();
      if (step.done === true) queue.end(head);
      else head.mayGoOn = step.value;
    }
    return false;
  }

  #begin(queue: GroupQueue, head: QueuedCall): void {
    head.begunAt = performance.now();
    const { number } = head;
    if (!queue.begin(head) && !queue.name.startsWith("pair")) return;
    this.#say(queue, number, queue.others);
    head.mayGoOn = () => queue.haveAllSaid(number) && !this.#disagrees(queue, number);
  }

  #say(queue: GroupQueue, number: number, to: readonly number[]): void {
    const description = queue.ownDescription(number) ?? "";
    this.#control.send(to, { kind: "call", group: queue.name, number, description });
  }

  /** Fails where another rank calls something else. */
  #disagrees(queue: GroupQueue, number: number): boolean {
    const found = queue.disagreement(number);
    if (found !== undefined) this.#fail(queue, { kind: "mismatch", ...found });
    return found !== undefined;
  }

  #hear(source: number, message: ControlMessage): void {
    this.#movedAt = performance.now();
    switch (message.kind) {
      case "call":
        return this.#hearCall(source, message);
      case "where":
        return this.#control.send([source], this.#here());
      case "ended":
      case "here":
        return this.#elsewhere.hear(source, message);
      default:
        message satisfies never;
    }
  }

  #hearCall(source: number, message: Extract<ControlMessage, { kind: "call" }>): void {
    const { group, number, description } = message;
    // A pair is named by both, and only one of them may have made a call yet.
    const queue = group.startsWith("pair") ? this.#pairWith(source) : this.#groups.find(({ name }) => name === group);
    if (queue === undefined) return void this.#early.push([source, message]);
    queue.hear(source, number, description);
    if (queue.ownDescription(number) !== undefined) this.#disagrees(queue, number);
  }

  #here(): ControlMessage {
    const places: Record<string, GroupPlace> = {};
    for (const queue of this.#queues())
      places[queue.name] = {
        number: queue.begun,
        operation: queue.operation,
        isInside: queue.calls[0]?.begunAt !== undefined,
      };
    return { kind: "here", processId: this.#parts.processId, phase: this.#parts.shared.phase, places };
  }

  #lookForProblems(queue: GroupQueue, head: QueuedCall): void {
    if (this.#hasFailed) return;
    const deadline = (head.begunAt ?? 0) + head.call.timeoutMs;
    const problem = this.#elsewhere.problemOf(queue, head.number, deadline, head.call.timeoutMs);
    if (problem !== undefined) this.#fail(queue, problem);
  }

  /** Nothing works any more: neither here nor, soon, on the others. */
  #fail(queue: GroupQueue | undefined, problem: ProblemOf<CallProblem>): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const place = {
      operation: queue?.operation ?? "MPI",
      sequenceNumber: queue?.begun ?? 0,
      phase: this.#parts.shared.phase,
    };
    this.#parts.tell({ type: "problem", problem: { ...place, ...problem } });
  }

  #end({ status, how, culprit }: Extract<ToThread, { type: "end" }>): void {
    const [all] = this.#groups;
    const { mpi, processId, shared } = this.#parts;
    const calls = Object.fromEntries([...this.#queues()].map((queue) => [queue.name, queue.begun]));
    const isInside = all?.calls[0]?.begunAt !== undefined;
    const call =
      all?.begun === 0
        ? "before its first call"
        : `${isInside ? "inside" : "after"} call ${all?.begun}, ${all?.operation}`;
    const place = `rank ${mpi.rank} (process ${processId}), phase ${shared.phase}, ${call}`;
    this.#hasFailed ||= status === "failed";
    const whole = culprit === mpi.rank ? `${place}: ${how}` : how;
    this.#control.send(all?.others ?? [], { kind: "ended", status, how: whole, culprit, calls });
  }
}

/** A problem, without the call that it is about. */
type ProblemOf<TProblem> = TProblem extends CallProblem
  ? Omit<TProblem, "operation" | "sequenceNumber" | "phase">
  : never;

function groupCall({ ranks, timeoutMs }: Extract<ToThread, { type: "group" }>): QueuedCall["call"] {
  const operation = `createGroup "${ranks.join(", ")}"`;
  return { operation, description: operation, timeoutMs };
}
