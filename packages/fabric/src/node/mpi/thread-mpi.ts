import { ANY_TAG, STATUS_WORDS, TEXT_BYTES, THREAD_MULTIPLE, UNDEFINED } from "./mpi-abi.js";
import type { Mpi } from "./mpi-library.js";

/** A function of MPI has said that it failed. */
export class MpiFault extends Error {}

/** MPI as its thread uses it: failures are thrown, and what is under way can be asked whether it is over. */
export class ThreadMpi {
  readonly rank: number;
  readonly worldSize: number;
  readonly version: string;
  readonly #status = new Int32Array(STATUS_WORDS);
  readonly #number = new Int32Array(1);

  /** Starts MPI in this thread, which alone may call it then. */
  constructor(readonly mpi: Mpi) {
    const { abi, functions } = mpi;
    this.check(functions.initialize(null, null, THREAD_MULTIPLE, this.#number), "MPI_Init_thread");
    if (this.#number[0] !== THREAD_MULTIPLE)
      throw new MpiFault("it was built without MPI_THREAD_MULTIPLE, which lets a rank end all others at any time");
    this.check(functions.setErrorHandler(abi.world, abi.errorsReturn), "MPI_Comm_set_errhandler");
    this.check(functions.rank(abi.world, this.#number), "MPI_Comm_rank");
    this.rank = this.#number[0] ?? 0;
    this.check(functions.size(abi.world, this.#number), "MPI_Comm_size");
    this.worldSize = this.#number[0] ?? 0;
    this.version = this.#textOf((text, length) => functions.libraryVersion(text, length));
  }

  /** @throws MpiFault with MPI's own words, unless the code says that all is well */
  check(code: number, what: string): void {
    if (code === 0) return;
    const text = this.#textOf((bytes, length) => this.mpi.functions.errorText(code, bytes, length));
    throw new MpiFault(`${what}: ${text === "" ? `error ${code}` : text}`);
  }

  /** A communicator of all processes whose messages are apart from those of others. */
  duplicate(): bigint {
    const copy = new BigInt64Array(1);
    this.check(this.mpi.functions.duplicate(this.mpi.abi.world, copy), "MPI_Comm_dup");
    return this.#returningErrors(copy[0] ?? 0n);
  }

  /** The part of `communicator` in which this process is, in the order of `key`. Undefined where it is in none. */
  split(communicator: bigint, isMember: boolean, key: number): bigint | undefined {
    const part = new BigInt64Array(1);
    const color = isMember ? 0 : UNDEFINED;
    this.check(this.mpi.functions.split(communicator, color, key, part), "MPI_Comm_split");
    return isMember ? this.#returningErrors(part[0] ?? 0n) : undefined;
  }

  /**
   * Starts something.
   * @param kept memory that MPI reads or writes until it is over
   * @returns asks whether it is over
   */
  start(what: string, begin: (request: BigInt64Array) => number, kept: readonly object[] = []): () => boolean {
    const request = new BigInt64Array(1);
    this.check(begin(request), what);
    let held: readonly object[] | undefined = kept;
    return () => {
      if (held === undefined) return true;
      this.check(this.mpi.functions.test(request, this.#number, this.#status), what);
      if (this.#number[0] !== 0) held = undefined;
      return held === undefined;
    };
  }

  /** The next message to this process that has come; undefined where there is none. */
  nextMessage(
    communicator: bigint,
  ): { readonly source: number; readonly tag: number; readonly bytes: Uint8Array } | undefined {
    const { abi, functions, addressOf } = this.mpi;
    this.check(functions.probe(abi.anySource, ANY_TAG, communicator, this.#number, this.#status), "MPI_Iprobe");
    if (this.#number[0] === 0) return undefined;
    const [source = 0, tag = 0] = this.#status.subarray(abi.sourceWord);
    this.check(functions.count(this.#status, abi.types.uint8, this.#number), "MPI_Get_count");
    const bytes = new Uint8Array(this.#number[0] ?? 0);
    const address = addressOf(bytes.buffer);
    const code = functions.receive(address, bytes.length, abi.types.uint8, source, tag, communicator, this.#status);
    this.check(code, "MPI_Recv");
    return { source, tag, bytes };
  }

  #returningErrors(communicator: bigint): bigint {
    const { abi, functions } = this.mpi;
    this.check(functions.setErrorHandler(communicator, abi.errorsReturn), "MPI_Comm_set_errhandler");
    return communicator;
  }

  #textOf(fill: (text: Uint8Array, length: Int32Array) => number): string {
    const text = new Uint8Array(TEXT_BYTES);
    const length = new Int32Array(1);
    const code = fill(text, length);
    return code === 0 ? new TextDecoder().decode(text.subarray(0, length[0])).replaceAll("\0", "").trim() : "";
  }
}
