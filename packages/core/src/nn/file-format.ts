/** State dicts from files of an older format, with its number. */
const formats = new WeakMap<object, number>();

/**
 * Notes that a state dict was read from a file of an older format of this library's: modules then know what it cannot
 * have, and keep their own values there.
 */
export function noteFileFormat(stateDict: object, format: number | undefined): void {
  if (format !== undefined) formats.set(stateDict, format);
}

/** The number of the older format that a state dict was read from; undefined for everything else. */
export function fileFormatOf(stateDict: object): number | undefined {
  return formats.get(stateDict);
}
