import type { SharedMemory } from "../../ports/ranks.js";
import type { CollectiveWork } from "../collective.js";
import type { CallDescription } from "../call-description.js";
import { CallHeader } from "./call-header.js";
import { BELL_WORD, type ChannelLayout } from "./layout.js";
import { PendingCall, type CallSteps } from "./pending-call.js";

/** What a channel tells of its calls, and asks when it waits. */
export interface ChannelWatch {
  /** How long a call first looks again and again, before it sleeps. */
  readonly spinMs: number;
  enter(call: PendingCall): void;
  leave(call: PendingCall): void;
  /** Why a call cannot go on; undefined while it can. */
  problemOf(call: PendingCall, missing: readonly number[]): Error | undefined;
  mismatchOf(call: PendingCall, other: number, calls: readonly string[]): Error;
  /** Nothing works any more: the others must not wait. */
  giveUp(error: Error): void;
}

export interface ChannelParts {
  readonly memory: SharedMemory;
  readonly layout: ChannelLayout;
  /** Global ranks of the members. */
  readonly ranks: readonly number[];
  /** Which of them this process is. */
  readonly member: number;
  readonly watch: ChannelWatch;
}

/**
 * Calls that the members of a channel make together, one after the other. In each, members publish chunks and read
 * those of the others. Two places take turns: who publishes the next chunk but one has seen that all have published
 * the next, and so have read this.
 */
export class Channel {
  readonly #parts: ChannelParts;
  readonly #words: Int32Array;
  readonly #queue: PendingCall[] = [];
  #published = 0;
  #calls = 0;
  #isDriven = false;
  #failure: Error | undefined;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#words = new Int32Array(parts.memory.buffer);
  }

  get chunkBytes(): number {
    return this.#parts.layout.chunkBytes;
  }
  get member(): number {
    return this.#parts.member;
  }
  get ranks(): readonly number[] {
    return this.#parts.ranks;
  }

  /** Makes a call; it begins at once where no other is under way. */
  start(
    description: CallDescription,
    options: { readonly timeoutMs: number; readonly ownBytes?: number | undefined },
    steps: CallSteps,
  ): CollectiveWork {
    this.#calls += 1;
    const call = new PendingCall(this.#calls, description, options.timeoutMs, steps);
    if (this.#failure !== undefined) call.fail(this.#failure);
    else this.#enqueue(call);
    return { then: (onFulfilled, onRejected) => call.done.then(onFulfilled, onRejected), join: () => this.#join(call) };
  }

  /** Shows the others a part of this member's data; the caller yields then, to wait for theirs. */
  publish(bytes: Uint8Array, ownBytes: number = bytes.length): void {
    const write = (byte: number): void => new Uint8Array(this.buffer, byte, bytes.length).set(bytes);
    this.publishWith(ownBytes, write);
  }

  /** `publish` of what the caller writes into the memory itself. @param write gets the byte at which it begins */
  publishWith(ownBytes: number, write: (byteOffset: number) => void): void {
    const { layout, member, memory } = this.#parts;
    const turn = this.#published & 1;
    const [head] = this.#queue;
    if (head !== undefined && !head.hasMet) this.#headerOf(member, turn).write(head.number, head.description, ownBytes);
    write(layout.chunkByte(member, turn));
    this.#published = (this.#published + 1) | 0;
    Atomics.store(this.#words, layout.counterWord(member), this.#published);
    Atomics.add(this.#words, BELL_WORD, 1);
    memory.ring(BELL_WORD);
  }

  /** Where the chunk begins that a member has published last. */
  chunkByteOf(member: number): number {
    return this.#parts.layout.chunkByte(member, this.#lastTurn());
  }
  /** What a member said it would bring to this call; after the first wait. */
  ownBytesOf(member: number): number {
    return this.#headerOf(member, this.#lastTurn()).ownBytes;
  }
  get buffer(): ArrayBuffer {
    return this.#parts.memory.buffer;
  }

  #enqueue(call: PendingCall): void {
    this.#queue.push(call);
    if (this.#queue.length === 1) this.#advance();
    if (this.#isDriven || this.#queue.length === 0) return;
    this.#isDriven = true;
    // Who joins the call does so before the next turn, and nobody has to be woken then.
    queueMicrotask(() => void this.#drive());
  }

  /** Goes as far as the other members have come. */
  #advance(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head.deadline === Number.POSITIVE_INFINITY) {
        head.deadline = performance.now() + head.timeoutMs;
        this.#parts.watch.enter(head);
      } else if (this.#missing().length > 0) return;
      else if (!head.hasMet && !this.#meet(head)) return;
      try {
        if (head.steps.next().done !== true) continue;
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.#queue.shift();
      this.#parts.watch.leave(head);
      head.finish();
    }
  }

  /** All have come: they must have come for the same thing. */
  #meet(head: PendingCall): boolean {
    const { member: own, ranks, watch } = this.#parts;
    const headers = ranks.map((_, member) => this.#headerOf(member, this.#lastTurn()));
    const mine = headers[own];
    const other = headers.findIndex((header) => mine !== undefined && !header.equals(mine));
    head.hasMet = true;
    if (other === -1) return true;
    const calls = headers.map((header, member) => `rank ${ranks[member]}: ${header.describe()}`);
    this.#fail(watch.mismatchOf(head, ranks[other] ?? other, calls));
    return false;
  }

  #join(call: PendingCall): void {
    while (!call.isOver) {
      this.#advance();
      if (call.isOver || this.#spin()) continue;
      const bell = Atomics.load(this.#words, BELL_WORD);
      if (this.#missing().length === 0) continue;
      this.#parts.memory.wait(BELL_WORD, bell);
      this.#lookForProblems();
    }
    if (call.error !== undefined) throw call.error;
  }

  async #drive(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        this.#advance();
        if (this.#queue.length === 0 || this.#spin()) continue;
        const bell = Atomics.load(this.#words, BELL_WORD);
        if (this.#missing().length === 0) continue;
        await this.#parts.memory.waitAsync(BELL_WORD, bell);
        this.#lookForProblems();
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isDriven = false;
    }
  }

  /** @returns whether the others came while it looked */
  #spin(): boolean {
    const { spinMs } = this.#parts.watch;
    if (spinMs === 0) return false;
    const until = performance.now() + spinMs;
    do if (this.#missing().length === 0) return true;
    while (performance.now() < until);
    return false;
  }

  /** Global ranks of the members that have not published as much as this one. */
  #missing(): readonly number[] {
    const { layout, ranks } = this.#parts;
    let missing: number[] | undefined;
    for (let member = 0; member < ranks.length; member += 1) {
      const behind = (Atomics.load(this.#words, layout.counterWord(member)) - this.#published) | 0;
      if (behind < 0) (missing ??= []).push(ranks[member] ?? member);
    }
    return missing ?? NOBODY;
  }

  #lookForProblems(): void {
    const [head] = this.#queue;
    if (head === undefined || head.deadline === Number.POSITIVE_INFINITY) return;
    const missing = this.#missing();
    if (missing.length === 0) return;
    const problem = this.#parts.watch.problemOf(head, missing);
    if (problem !== undefined) this.#fail(problem);
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#parts.watch.giveUp(error);
    for (const call of this.#queue.splice(0)) call.fail(error);
  }

  #headerOf(member: number, turn: number): CallHeader {
    const { layout, memory } = this.#parts;
    return new CallHeader(memory.buffer, layout.headerByte(member, turn));
  }
  #lastTurn(): number {
    return (this.#published - 1) & 1;
  }
}

const NOBODY: readonly number[] = [];
