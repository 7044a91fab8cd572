const LONGEST = 80;

/** A text from a file, as it may stand in a message: quoted, shortened, without control characters. */
export function quote(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028-\u202e]/g, "�");
}
