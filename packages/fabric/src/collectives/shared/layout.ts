const PAGE_BYTES = 4096;
const LINE_BYTES = 64;
const WORD_BYTES = 4;
/** What a member says of its call; `call-header.ts` knows what is where. */
export const HEADER_BYTES = 1024;
/** Part of a call that travels at once among the members of a group, at least. */
const CHUNK_BYTES = 512 * 1024;
/** Chunks of all ranks together are as large where that is more: ranks wait for each other once for each. */
const WORLD_CHUNKS_BYTES = 16 * 1024 * 1024;
/** For two ranks alone, which only they use. */
const PAIR_CHUNK_BYTES = 64 * 1024;
/** What a rank says of itself; `rank-board.ts` knows what is where. */
export const BOARD_ENTRY_BYTES = PAGE_BYTES;
/** The word that waiting members listen to. */
export const BELL_WORD = 0;

/**
 * Where things are in a channel: a bell, a counter for each member on a line of its own, and for each member two
 * headers and two chunks, which take turns.
 */
export class ChannelLayout {
  readonly sizeBytes: number;
  readonly #headersByte: number;
  readonly #chunksByte: number;

  constructor(
    readonly memberCount: number,
    readonly chunkBytes: number = CHUNK_BYTES,
  ) {
    this.#headersByte = (1 + memberCount) * LINE_BYTES;
    this.#chunksByte = wholePages(this.#headersByte + 2 * memberCount * HEADER_BYTES);
    this.sizeBytes = wholePages(this.#chunksByte + 2 * memberCount * chunkBytes);
  }

  /** How many chunks the member has published. */
  counterWord(member: number): number {
    return ((1 + member) * LINE_BYTES) / WORD_BYTES;
  }
  headerByte(member: number, turn: number): number {
    return this.#headersByte + (2 * member + turn) * HEADER_BYTES;
  }
  chunkByte(member: number, turn: number): number {
    return this.#chunksByte + (2 * member + turn) * this.chunkBytes;
  }
}

/** Where a world's board and channels are in its memory. Those of groups are behind all. */
export class WorldLayout {
  readonly world: ChannelLayout;
  readonly pair = new ChannelLayout(2, PAIR_CHUNK_BYTES);
  readonly boardBytes: number;
  readonly groupsByte: number;
  readonly #pairsByte: number;

  constructor(readonly worldSize: number) {
    this.boardBytes = worldSize * BOARD_ENTRY_BYTES;
    const chunkBytes = wholePages(Math.floor(WORLD_CHUNKS_BYTES / worldSize));
    this.world = new ChannelLayout(worldSize, Math.max(CHUNK_BYTES, chunkBytes));
    this.#pairsByte = this.boardBytes + this.world.sizeBytes;
    this.groupsByte = this.#pairsByte + ((worldSize * (worldSize - 1)) / 2) * this.pair.sizeBytes;
  }

  /** Where the channel of two ranks is. Its pages exist only once it is opened. */
  pairByte(low: number, high: number): number {
    return this.#pairsByte + ((high * (high - 1)) / 2 + low) * this.pair.sizeBytes;
  }
}

export function wholePages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}
