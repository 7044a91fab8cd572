const ID_BYTES = 16;

/** 128 random bits as text, in letters and digits that every file system takes. Seeds have no part in them. */
export function randomId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
