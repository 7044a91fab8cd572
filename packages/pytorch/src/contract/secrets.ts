const MASK = "***";

/** Last words of keys whose values are secrets, such as `password` in `dbPassword`. */
const SECRET_WORDS = ["password", "passwd", "passphrase", "secret", "apikey", "credentials"];
/** Two last words that say so together, such as those of `apiKey`. */
const SECRET_PAIRS = ["api key", "secret key", "private key", "access key"];
/** With one of these before it, a token is a piece of a text or an image, as in `padToken`. */
const KINDS_OF_TOKENS = new Set(
  "pad padding eos bos sep separator cls class unk unknown mask special start stop begin end newline image audio video next first last prompt decoder encoder blank word sub per byte".split(
    " ",
  ),
);

/** `scheme://user:password@host`, where a name alone says who asks only to HTTP. */
const CREDENTIALS = /^(\s*[a-z][a-z\d+.-]*:\/\/)([^\s/?#]*)@/i;

/** Hyperparameters without secrets, and what was taken out: keys, below one another joined by dots. */
export interface WithoutSecrets {
  readonly values: Record<string, unknown>;
  readonly secrets: readonly string[];
}

/** True for a key such as `token`, `apiKey`, `db_password`; false for `tokenizer`, `maxTokens`, `padToken`. */
export function isSecretKey(key: string): boolean {
  const words = wordsOf(key);
  const last = words.at(-1) ?? "";
  const before = words.at(-2) ?? "";
  if (last === "token") return !KINDS_OF_TOKENS.has(before);
  return SECRET_WORDS.includes(last) || SECRET_PAIRS.includes(`${before} ${last}`);
}

/** True for the text of a URL that carries a password, or that asks an HTTP server as somebody. */
export function hasCredentials(text: string): boolean {
  const [, scheme = "", user = ""] = CREDENTIALS.exec(text) ?? [];
  return /^\s*https?:/i.test(scheme) ? user !== "" : /:./.test(user);
}

/** The values for a logger: secrets are `***`, and of a URL with credentials the rest stays. */
export function maskSecrets(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const masked = Object.entries(values).map(([key, value]) => [key, maskedAt(key, value, [])]);
  return Object.fromEntries(masked);
}

/** The values for a file. A list with a secret in it is left out whole. @param values plain data, as JSON has them */
export function leaveOutSecrets(values: Readonly<Record<string, unknown>>): WithoutSecrets {
  const kept: [string, unknown][] = [];
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (Object.is(maskedAt(key, value, []), value)) kept.push([key, value]);
    else if (isSecretKey(key) || !isRecord(value)) secrets.push(key);
    else {
      const inner = leaveOutSecrets(value);
      kept.push([key, inner.values]);
      secrets.push(...inner.secrets.map((name) => `${key}.${name}`));
    }
  }
  return { values: Object.fromEntries(kept), secrets };
}

/** The value itself where there is no secret in it. */
function maskedAt(key: string, value: unknown, above: readonly object[]): unknown {
  const saysNothing = value === undefined || value === null || value === "" || typeof value === "boolean";
  if (!saysNothing && typeof value !== "function" && isSecretKey(key)) return MASK;
  return masked(value, above);
}

function masked(value: unknown, above: readonly object[]): unknown {
  if (typeof value === "string") return hasCredentials(value) ? value.replace(CREDENTIALS, `$1${MASK}@`) : value;
  if (typeof value !== "object" || value === null || above.includes(value)) return value;
  if (value instanceof URL) return hasCredentials(value.href) ? masked(value.href, above) : value;
  const inside = [...above, value];
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => masked(item, inside));
    return items.some((item, index) => !Object.is(item, value[index])) ? items : value;
  }
  if (ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown, unknown] => [
    key,
    item,
    maskedAt(key, item, inside),
  ]);
  const hasSecret = entries.some(([, item, shown]) => !Object.is(item, shown));
  return hasSecret ? Object.fromEntries(entries.map(([key, , shown]) => [key, shown])) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `dbPassword`, `DB_PASSWORD`, `db-password` and `db.password2` are the words "db" and "password". */
function wordsOf(key: string): string[] {
  return key
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .map((word) => word.replace(/\d+$/, ""))
    .filter((word) => word !== "");
}
