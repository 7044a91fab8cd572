import type { ThreadCall } from "./thread-messages.js";
import type { Communicator } from "./start-operation.js";

/** A call in the queue of its group. Each value of `steps` asks whether it may go on. */
export interface QueuedCall {
  readonly id: number;
  readonly number: number;
  readonly call: Pick<ThreadCall, "operation" | "description" | "timeoutMs">;
  readonly steps: Generator<() => boolean, void>;
  mayGoOn: (() => boolean) | undefined;
  /** When it was begun; undefined while others are before it. */
  begunAt: number | undefined;
}

/** How many calls are remembered for ranks that come to them later. */
const MEMORY = 256;

/** Calls that the members of a group make together, one after the other. */
export class GroupQueue implements Communicator {
  readonly calls: QueuedCall[] = [];
  /** What other members have said that they call, by the number of the call. */
  readonly #said = new Map<number, Map<number, string>>();
  /** What this rank has called lately, by the number of the call. */
  readonly #own = new Map<number, string>();
  /** Pairs of calls, one after the other, on which all have agreed. */
  readonly #agreed = new Set<string>();
  #before = "";
  #count = 0;
  #last = "";

  /**
   * @param name the same on all members
   * @param ranks the members' ranks among all
   */
  constructor(
    readonly name: string,
    readonly handle: bigint,
    readonly ranks: readonly number[],
    readonly member: number,
  ) {}

  get size(): number {
    return this.ranks.length;
  }
  get others(): readonly number[] {
    return this.ranks.filter((_, member) => member !== this.member);
  }
  /** How many calls this rank has begun. */
  get begun(): number {
    return this.calls[0]?.begunAt === undefined ? this.#count - this.calls.length : (this.calls[0]?.number ?? 0);
  }
  /** What this rank is at, or was at last. */
  get operation(): string {
    return this.calls[0]?.begunAt === undefined ? this.#last : this.calls[0].call.operation;
  }

  add(call: Omit<QueuedCall, "number" | "begunAt" | "mayGoOn">): void {
    this.#count += 1;
    this.calls.push({ ...call, number: this.#count, begunAt: undefined, mayGoOn: undefined });
  }

  /** The first call begins. @returns whether the others have to say that they make it too */
  begin({ number, call }: QueuedCall): boolean {
    this.#own.set(number, call.description);
    this.#own.delete(number - MEMORY);
    this.#said.delete(number - MEMORY);
    // Numbers within names count steps and epochs: these are the same calls.
    const structure = call.description.replace(/"[^"]*"/, (name) => name.replaceAll(/\d+/g, "#"));
    const pair = `${this.#before}\n${structure}`;
    this.#before = structure;
    if (this.#agreed.has(pair)) return false;
    this.#agreed.add(pair);
    return true;
  }
  end(call: QueuedCall): void {
    this.#last = call.call.operation;
    this.calls.shift();
  }

  hear(rank: number, number: number, description: string): void {
    const said = this.#said.get(number) ?? new Map<number, string>();
    this.#said.set(number, said.set(rank, description));
  }
  ownDescription(number: number): string | undefined {
    return this.#own.get(number);
  }
  haveAllSaid(number: number): boolean {
    return (this.#said.get(number)?.size ?? 0) >= this.size - 1;
  }
  /** Another rank that calls something else, and what each calls; undefined where they agree as far as is known. */
  disagreement(number: number): { readonly blamedRank: number; readonly calls: readonly string[] } | undefined {
    const own = this.#own.get(number);
    const said = this.#said.get(number);
    const other = said === undefined || own === undefined ? undefined : [...said].find(([, text]) => text !== own);
    if (other === undefined) return undefined;
    const known = this.ranks.flatMap((rank, member) => {
      const text = member === this.member ? own : said?.get(rank);
      return text === undefined ? [] : [`rank ${rank}: call ${number}, ${text}`];
    });
    return { blamedRank: other[0], calls: known };
  }
}
