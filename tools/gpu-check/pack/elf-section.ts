/** A section of a 64-bit little-endian ELF file: where its bytes are. */
export interface ElfSection {
  readonly offset: number;
  readonly size: number;
}

/** @returns `undefined` where the file has no such section */
export function findElfSection(file: Buffer, name: string): ElfSection | undefined {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2)
    throw new TypeError("This is no 64-bit ELF file. Expected a shared library for Linux.");
  const table = Number(file.readBigUInt64LE(40));
  const [entrySize, count, namesIndex] = [file.readUInt16LE(58), file.readUInt16LE(60), file.readUInt16LE(62)];
  const headerAt = (index: number) => {
    const at = table + index * entrySize;
    const [offset, size] = [Number(file.readBigUInt64LE(at + 24)), Number(file.readBigUInt64LE(at + 32))];
    return { nameOffset: file.readUInt32LE(at), offset, size };
  };
  const names = headerAt(namesIndex).offset;
  for (let i = 0; i < count; i += 1) {
    const { nameOffset, offset, size } = headerAt(i);
    const start = names + nameOffset;
    if (file.toString("latin1", start, file.indexOf(0, start)) === name) return { offset, size };
  }
  return undefined;
}
