/** WebAssembly counts memory in pages of this size, which is a multiple of every system's pages. */
export const PAGE_BYTES = 65_536;
/** Pages of a memory that is as large as 32-bit addresses reach. */
export const MOST_PAGES = 65_536;
