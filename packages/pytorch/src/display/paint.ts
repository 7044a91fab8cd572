import picocolors from "picocolors";

/** Colours for the parts of what is shown; each adds no width. */
export interface Paint {
  readonly label: (text: string) => string;
  readonly done: (text: string) => string;
  readonly going: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** @param hasColors whether the terminal shows colours; without them the text stays as it is */
export function paintFor(hasColors: boolean): Paint {
  const { bold, cyan, dim, green } = picocolors.createColors(hasColors);
  return { label: bold, done: green, going: cyan, faint: dim };
}
