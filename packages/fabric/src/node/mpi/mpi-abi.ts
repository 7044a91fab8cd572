import type { LibraryHandle } from "koffi";

/** What a C compiler takes from the header of one MPI, and a program that only has the library must know. */
export interface MpiAbi {
  readonly name: "Open MPI" | "MPICH";
  /** Handles: addresses in Open MPI, numbers in MPICH and all that follow its binary interface. */
  readonly world: bigint;
  readonly errorsReturn: bigint;
  readonly types: { readonly float32: bigint; readonly int32: bigint; readonly uint8: bigint };
  readonly reductions: { readonly sum: bigint; readonly product: bigint; readonly min: bigint; readonly max: bigint };
  readonly inPlace: bigint;
  readonly anySource: number;
  /** Which word of a status is the rank that has sent the message; the tag is behind it. */
  readonly sourceWord: number;
}

export const ANY_TAG = -1;
/** The colour of processes that are in no part, where a communicator is split. */
export const UNDEFINED = -32_766;
export const THREAD_MULTIPLE = 3;
/** Longer than any status is. */
export const STATUS_WORDS = 16;
/** Longer than any text that MPI writes. */
export const TEXT_BYTES = 8192;

/** Finds out whose interface a library has. */
export function abiOf(library: LibraryHandle): MpiAbi {
  try {
    return openMpi((name) => BigInt(library.symbol(name)));
  } catch {
    return MPICH; // The names that only Open MPI has are not there.
  }
}

function openMpi(address: (name: string) => bigint): MpiAbi {
  return {
    name: "Open MPI",
    world: address("ompi_mpi_comm_world"),
    errorsReturn: address("ompi_mpi_errors_return"),
    types: {
      float32: address("ompi_mpi_float"),
      int32: address("ompi_mpi_int"),
      uint8: address("ompi_mpi_unsigned_char"),
    },
    reductions: {
      sum: address("ompi_mpi_op_sum"),
      product: address("ompi_mpi_op_prod"),
      min: address("ompi_mpi_op_min"),
      max: address("ompi_mpi_op_max"),
    },
    inPlace: 1n,
    anySource: -1,
    sourceWord: 0,
  };
}

/** The binary interface that MPICH, Intel MPI, MVAPICH and Cray's share. */
const MPICH: MpiAbi = {
  name: "MPICH",
  world: 0x4400_0000n,
  errorsReturn: 0x5400_0001n,
  types: { float32: 0x4c00_040an, int32: 0x4c00_0405n, uint8: 0x4c00_0102n },
  reductions: { sum: 0x5800_0003n, product: 0x5800_0004n, min: 0x5800_0002n, max: 0x5800_0001n },
  inPlace: 0xffff_ffff_ffff_ffffn,
  anySource: -2,
  sourceWord: 2,
};
